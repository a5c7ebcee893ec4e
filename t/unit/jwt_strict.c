
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_jwt: what an issuer would not write, and what is too much of it */


#include "jwt.h"


#define STRICT_HEADER   "{\"alg\":\"RS256\""
#define STRICT_PAYLOAD  "{\"sub\":\"ann\",\"exp\":2000000000"
#define STRICT_NOW      1000000000


typedef struct {
    const char  *text;               /* behind what all have */
    ngx_int_t    rc;
} strict_row_t;


static strict_row_t  strict_headers[] = {
    { "}", NGX_OK },
    { ",\"jwk\":{},\"jku\":\"x\",\"x5u\":\"x\",\"x5c\":[\"x\"]}", NGX_OK },
    { ",\"b64\":true}", NGX_OK },
    { ",\"b64\":false}", NGX_DECLINED },
    { ",\"b64\":null}", NGX_DECLINED },
    { ",\"b64\":\"true\"}", NGX_DECLINED },
    { ",\"b64\":1}", NGX_DECLINED },
    { ",\"kid\":\"a b/c:\xc3\xa9\"}", NGX_OK },
    { ",\"kid\":\"a\\nb\"}", NGX_DECLINED },
    { ",\"kid\":\"a\\u001b[0m\"}", NGX_DECLINED },
    { ",\"kid\":\"\\u007f\"}", NGX_DECLINED },
    { ",\"kid\":\"\\u0085\"}", NGX_DECLINED },
    { NULL, 0 }
};


static strict_row_t  strict_claims[] = {
    { ",\"aud\":\"s\"}", NGX_OK },
    { ",\"aud\":[\"s\"]}", NGX_OK },
    { ",\"aud\":[\"x\",\"s\",\"y\"]}", NGX_OK },
    { ",\"aud\":[1]}", NGX_DECLINED },
    { ",\"aud\":[\"s\",1]}", NGX_DECLINED },
    { ",\"aud\":[1,\"s\"]}", NGX_DECLINED },
    { ",\"aud\":[\"s\",null]}", NGX_DECLINED },
    { ",\"aud\":[\"s\",[\"s\"]]}", NGX_DECLINED },
    { ",\"aud\":[{\"s\":\"s\"},\"s\"]}", NGX_DECLINED },
    { ",\"aud\":\"s\",\"nbf\":1e400}", NGX_DECLINED },
    { ",\"aud\":\"s\",\"iat\":1e400}", NGX_DECLINED },
    { NULL, 0 }
};


static ngx_int_t
strict_parse(ngx_pool_t *pool, const char *header)
{
    ngx_str_t    token;
    mcp_jwt_t    jwt;
    const char  *err;

    token = jwt_unsigned(pool, header, "{}");
    token = jwt_printf(pool, "%s.AAAA", token.data);

    return mcp_jwt_parse(&jwt, pool, &token, &err);
}


static ngx_int_t
strict_read(ngx_pool_t *pool, const char *payload, mcp_jwt_claims_t *claims)
{
    ngx_str_t         ours;
    mcp_jwt_t         jwt;
    const char       *err;
    ngx_array_t       audiences;
    mcp_jwt_rules_t   rules;

    ngx_memzero(&jwt, sizeof(mcp_jwt_t));
    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));
    ngx_memzero(&audiences, sizeof(ngx_array_t));

    ngx_str_set(&ours, "s");

    audiences.elts = &ours;
    audiences.nelts = 1;
    audiences.size = sizeof(ngx_str_t);

    rules.audiences = &audiences;

    jwt.payload.len = ngx_strlen(payload);
    jwt.payload.data = unit_copy(pool, payload, jwt.payload.len);

    return mcp_jwt_claims(&jwt, pool, &rules, STRICT_NOW, claims, &err);
}


static void
strict_test_rows(ngx_pool_t *pool)
{
    ngx_str_t          text;
    strict_row_t      *row;
    mcp_jwt_claims_t   claims;

    for (row = strict_headers; row->text; row++) {
        text = jwt_printf(pool, "%s%s", STRICT_HEADER, row->text);

        unit_is_int(strict_parse(pool, (char *) text.data), row->rc, "%s",
                    unit_show((char *) text.data, text.len));
    }

    for (row = strict_claims; row->text; row++) {
        text = jwt_printf(pool, "%s%s", STRICT_PAYLOAD, row->text);

        unit_is_int(strict_read(pool, (char *) text.data, &claims), row->rc,
                    "%s", unit_show((char *) text.data, text.len));
    }
}


static void
strict_test_sizes(ngx_pool_t *pool)
{
    ngx_str_t         text;
    ngx_uint_t        i;
    mcp_jwt_claims_t  claims;

    for (i = 0; i < 2; i++) {
        text = jwt_printf(pool, "%s,\"kid\":\"%0*d\"}", STRICT_HEADER,
                          (int) (MCP_JWT_KID_MAX + i), 0);

        unit_is_int(strict_parse(pool, (char *) text.data),
                    i ? NGX_DECLINED : NGX_OK, "a kid of %d bytes",
                    (int) (MCP_JWT_KID_MAX + i));

        text = jwt_printf(pool, "%s,\"aud\":\"s\",\"scope\":\"  a   %0*d \"}",
                          STRICT_PAYLOAD, (int) (MCP_JWT_SCOPE_MAX - 2 + i), 0);

        unit_is_int(strict_read(pool, (char *) text.data, &claims),
                    i ? NGX_DECLINED : NGX_OK, "scopes of %d bytes",
                    (int) (MCP_JWT_SCOPE_MAX + i));

        if (i == 0) {
            unit_is_int(claims.scope.len, MCP_JWT_SCOPE_MAX, "  all are there");
        }
    }
}


static void
strict_test_depth(ngx_pool_t *pool)
{
    int               i, n;
    char              open[1025], close[1025];
    ngx_str_t         text;
    ngx_int_t         rc;
    mcp_jwt_claims_t  claims;

    /* the object around them is one more */

    static int  depths[] = { MCP_JSON_MAX_DEPTH - 1, MCP_JSON_MAX_DEPTH, 1024 };

    for (i = 0; i < 3; i++) {
        n = depths[i];
        rc = i ? NGX_DECLINED : NGX_OK;

        ngx_memset(open, '[', n);
        ngx_memset(close, ']', n);

        open[n] = '\0';
        close[n] = '\0';

        text = jwt_printf(pool, "%s,\"x\":%s%s}", STRICT_HEADER, open, close);
        unit_is_int(strict_parse(pool, (char *) text.data), rc,
                    "a header with %d arrays", n);

        text = jwt_printf(pool, "%s,\"aud\":\"s\",\"x\":%s%s}",
                          STRICT_PAYLOAD, open, close);
        unit_is_int(strict_read(pool, (char *) text.data, &claims), rc,
                    "claims with %d arrays", n);
    }
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    strict_test_rows(pool);
    strict_test_sizes(pool);
    strict_test_depth(pool);

    ngx_destroy_pool(pool);

    return unit_done();
}
