# nginx with the module, and conf.d/quickstart.conf on port 8080:
#
#   docker build -t nginx-mcp .
#   docker run --rm -p 127.0.0.1:8080:8080 nginx-mcp
#
# A configuration of one's own takes the place of /etc/nginx/mcp.conf.

FROM debian:bookworm AS build

WORKDIR /src
COPY . .

RUN util/build.sh

# on all addresses of the container, logs to its standard output
RUN sed -e 's,listen 127\.0\.0\.1:8080,listen 8080,' \
        -e 's,build/ngx_,/usr/lib/nginx/modules/ngx_,' \
        -e 's,build/quickstart\.log,/dev/stdout,' \
        -e 's,build/,/tmp/,' \
        conf.d/quickstart.conf >build/mcp.conf


FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx libcjson1 \
        libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/*

COPY --from=build /src/build/ngx_http_mcp_module.so /usr/lib/nginx/modules/
COPY --from=build /src/build/mcp.conf /src/conf.d/openapi.yaml /etc/nginx/

USER www-data
EXPOSE 8080
STOPSIGNAL SIGQUIT

CMD ["nginx", "-c", "/etc/nginx/mcp.conf"]
