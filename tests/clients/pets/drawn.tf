resource "aws_api_gateway_rest_api" "pets" {
  name                         = "pets-${var.word}"
  description                  = "of a shop, ${var.word}"
  binary_media_types           = ["image/png", "image/${var.word}"]
  minimum_compression_size     = 1024
  api_key_source               = "HEADER"
  disable_execute_api_endpoint = var.word != "first"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = {
    team = "pets"
    word = var.word
  }
}

resource "aws_api_gateway_rest_api_policy" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.word
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = "*"
    }]
  })
}

# Written by a document instead of by resources.
resource "aws_api_gateway_rest_api" "imported" {
  name = "imported"

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "imported", version = var.word }
    paths   = { "/cats" = { get = local.mock } }
  })
}

resource "aws_api_gateway_rest_api" "put" {
  name = "put"

  lifecycle {
    ignore_changes = [description]
  }
}

resource "aws_api_gateway_rest_api_put" "put" {
  rest_api_id = aws_api_gateway_rest_api.put.id

  body = jsonencode({
    swagger = "2.0"
    info    = { title = "put", version = "1" }
    paths   = { "/dogs" = { get = local.mock_of_swagger } }
  })

  # the provider leaves it unknown otherwise, which Terraform refuses
  fail_on_warnings = false
  triggers         = { word = var.word }
}

locals {
  integration = {
    type             = "mock"
    requestTemplates = { "application/json" = jsonencode({ statusCode = 200 }) }
    responses        = { default = { statusCode = "200" } }
  }
  mock = {
    responses                         = { "200" = { description = var.word } }
    "x-amazon-apigateway-integration" = local.integration
  }
  mock_of_swagger = local.mock
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  parent_id   = aws_api_gateway_rest_api.pets.root_resource_id
  path_part   = "pets"
}

resource "aws_api_gateway_resource" "pet" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  parent_id   = aws_api_gateway_resource.pets.id
  path_part   = "{${var.word}}"
}

resource "aws_api_gateway_model" "pet" {
  rest_api_id  = aws_api_gateway_rest_api.pets.id
  name         = "Pet"
  description  = "a pet, ${var.word}"
  content_type = "application/json"

  schema = jsonencode({
    type       = "object"
    properties = { (var.word) = { type = "string" } }
  })
}

resource "aws_api_gateway_request_validator" "all" {
  rest_api_id                 = aws_api_gateway_rest_api.pets.id
  name                        = "all-${var.word}"
  validate_request_body       = true
  validate_request_parameters = var.word == "first"
}

resource "aws_api_gateway_authorizer" "guard" {
  rest_api_id                      = aws_api_gateway_rest_api.pets.id
  name                             = "guard-${var.word}"
  type                             = "TOKEN"
  authorizer_uri                   = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:guard/invocations"
  authorizer_credentials           = "arn:aws:iam::000000000000:role/guard"
  identity_source                  = "method.request.header.X-${var.word}"
  authorizer_result_ttl_in_seconds = var.word == "first" ? 0 : 60
}

resource "aws_api_gateway_method" "list" {
  rest_api_id          = aws_api_gateway_rest_api.pets.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = "POST"
  authorization        = "NONE"
  api_key_required     = var.word == "first"
  operation_name       = "list-${var.word}"
  request_validator_id = aws_api_gateway_request_validator.all.id
  request_models       = { "application/json" = aws_api_gateway_model.pet.name }

  request_parameters = {
    "method.request.querystring.${var.word}" = true
    "method.request.header.X-Kind"           = var.word == "first"
  }
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  resource_id   = aws_api_gateway_resource.pet.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.guard.id

  request_parameters = { "method.request.path.${var.word}" = true }
}

resource "aws_api_gateway_method_response" "list" {
  rest_api_id         = aws_api_gateway_rest_api.pets.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.list.http_method
  status_code         = "200"
  response_models     = { "application/json" = "Empty" }
  response_parameters = { "method.response.header.X-${var.word}" = true }
}

resource "aws_api_gateway_integration" "list" {
  rest_api_id          = aws_api_gateway_rest_api.pets.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = aws_api_gateway_method.list.http_method
  type                 = "MOCK"
  passthrough_behavior = "WHEN_NO_TEMPLATES"
  request_templates    = { "application/json" = jsonencode({ statusCode = 200, word = var.word }) }
  timeout_milliseconds = var.word == "first" ? 29000 : 5000
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.pets.id
  resource_id             = aws_api_gateway_resource.pet.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "http://127.0.0.1:9/${var.word}"
  cache_namespace         = "pets"
  cache_key_parameters    = ["method.request.path.${var.word}"]

  request_parameters = {
    "integration.request.header.X-Word" = "'${var.word}'"
  }

  tls_config {
    insecure_skip_verification = var.word != "first"
  }
}

resource "aws_api_gateway_integration_response" "list" {
  rest_api_id         = aws_api_gateway_rest_api.pets.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.list.http_method
  status_code         = aws_api_gateway_method_response.list.status_code
  response_parameters = { "method.response.header.X-${var.word}" = "'${var.word}'" }
  response_templates  = { "application/json" = jsonencode({ word = var.word }) }

  depends_on = [aws_api_gateway_integration.list]
}

resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id         = aws_api_gateway_rest_api.pets.id
  response_type       = "UNAUTHORIZED"
  status_code         = var.word == "first" ? "401" : "403"
  response_templates  = { "application/json" = "{\"message\": $context.error.messageString, \"word\": \"${var.word}\"}" }
  response_parameters = { "gatewayresponse.header.X-${var.word}" = "'${var.word}'" }
}

resource "aws_api_gateway_documentation_part" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  properties  = jsonencode({ description = "All pets, ${var.word}." })

  location {
    type   = "METHOD"
    method = "POST"
    path   = "/pets"
  }
}

resource "aws_api_gateway_documentation_version" "one" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  version     = "1"
  description = var.word

  depends_on = [aws_api_gateway_documentation_part.pets]
}
