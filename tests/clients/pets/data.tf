data "aws_api_gateway_api_key" "ada" {
  id = aws_api_gateway_api_key.ada.id
}

data "aws_api_gateway_api_keys" "all" {
  include_values = true
  depends_on     = [aws_api_gateway_api_key.ada]
}

data "aws_api_gateway_authorizer" "guard" {
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  authorizer_id = aws_api_gateway_authorizer.guard.id
}

data "aws_api_gateway_authorizers" "all" {
  rest_api_id = aws_api_gateway_authorizer.guard.rest_api_id
}

data "aws_api_gateway_domain_name" "pets" {
  domain_name = aws_api_gateway_domain_name.pets.domain_name
}

data "aws_api_gateway_export" "pets" {
  rest_api_id = aws_api_gateway_stage.prod.rest_api_id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  export_type = "oas30"
}

data "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  path        = aws_api_gateway_resource.pets.path
}

data "aws_api_gateway_rest_api" "imported" {
  name = aws_api_gateway_rest_api.imported.name
}

data "aws_api_gateway_sdk" "pets" {
  rest_api_id = aws_api_gateway_stage.prod.rest_api_id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  sdk_type    = "javascript"
}

data "aws_api_gateway_vpc_link" "backend" {
  name = aws_api_gateway_vpc_link.backend.name
}
