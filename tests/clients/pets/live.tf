resource "aws_api_gateway_deployment" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  description = var.word
  triggers    = { word = var.word }

  depends_on = [aws_api_gateway_integration_response.list, aws_api_gateway_integration.get]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_client_certificate" "backend" {
  description = var.word
  tags        = { word = var.word }
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id           = aws_api_gateway_rest_api.pets.id
  deployment_id         = aws_api_gateway_deployment.pets.id
  stage_name            = "prod"
  description           = var.word
  client_certificate_id = aws_api_gateway_client_certificate.backend.id
  documentation_version = aws_api_gateway_documentation_version.one.version
  variables             = { word = var.word, kept = "yes" }
  xray_tracing_enabled  = var.word == "first"
  cache_cluster_enabled = true
  cache_cluster_size    = "0.5"
  tags                  = { word = var.word }

  access_log_settings {
    destination_arn = "arn:aws:logs:us-east-1:000000000000:log-group:pets"
    format          = "$context.requestId ${var.word}"
  }

  canary_settings {
    deployment_id            = aws_api_gateway_deployment.pets.id
    percent_traffic          = var.word == "first" ? 10 : 20
    stage_variable_overrides = { word = "canary" }
    use_stage_cache          = true
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = var.word == "first"
    logging_level          = var.word == "first" ? "INFO" : "ERROR"
    throttling_rate_limit  = 10
    throttling_burst_limit = 5
  }
}

resource "aws_api_gateway_method_settings" "list" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "pets/POST"

  settings {
    caching_enabled      = true
    cache_ttl_in_seconds = var.word == "first" ? 60 : 120
  }

  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_api_gateway_api_key" "ada" {
  name        = "ada-${var.word}"
  description = var.word
  customer_id = var.word
  enabled     = var.word == "first"
  tags        = { word = var.word }
}

resource "aws_api_gateway_usage_plan" "gold" {
  name         = "gold-${var.word}"
  description  = var.word
  product_code = var.word

  api_stages {
    api_id = aws_api_gateway_rest_api.pets.id
    stage  = aws_api_gateway_stage.prod.stage_name

    throttle {
      path        = "/pets/POST"
      burst_limit = var.word == "first" ? 2 : 3
      rate_limit  = 5
    }
  }

  quota_settings {
    limit  = var.word == "first" ? 1000 : 2000
    offset = 1
    period = "WEEK"
  }

  throttle_settings {
    burst_limit = var.word == "first" ? 20 : 30
    rate_limit  = 10
  }

  tags = { word = var.word }
}

resource "aws_api_gateway_usage_plan_key" "ada" {
  usage_plan_id = aws_api_gateway_usage_plan.gold.id
  key_id        = aws_api_gateway_api_key.ada.id
  key_type      = "API_KEY"
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = "arn:aws:iam::000000000000:role/${var.word}"
}

resource "aws_api_gateway_domain_name" "pets" {
  domain_name              = "pets.example.com"
  regional_certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/${var.word}"
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = { word = var.word }
}

resource "aws_api_gateway_base_path_mapping" "pets" {
  domain_name = aws_api_gateway_domain_name.pets.domain_name
  api_id      = aws_api_gateway_rest_api.pets.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  base_path   = var.word
}

resource "aws_api_gateway_base_path_mapping" "root" {
  domain_name = aws_api_gateway_domain_name.pets.domain_name
  api_id      = aws_api_gateway_rest_api.pets.id
}

resource "aws_api_gateway_domain_name" "private" {
  domain_name     = "private.example.com"
  certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/${var.word}"

  endpoint_configuration {
    types = ["PRIVATE"]
  }
}

resource "aws_api_gateway_domain_name_access_association" "vpc" {
  access_association_source      = "vpce-0123456789abcdef0"
  access_association_source_type = "VPCE"
  domain_name_arn                = aws_api_gateway_domain_name.private.arn
  tags                           = { word = var.word }
}

resource "aws_api_gateway_vpc_link" "backend" {
  name        = "backend-${var.word}"
  description = var.word
  target_arns = ["arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/50dc6c495c0c9188"]
  tags        = { word = var.word }
}
