FROM public.ecr.aws/docker/library/node:26-trixie-slim
COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:1.0.0 /lambda-adapter /opt/extensions/lambda-adapter
WORKDIR /app
COPY proxy/ ./
ENTRYPOINT ["node", "--max-semi-space-size=16", "/app/main.mjs"]
