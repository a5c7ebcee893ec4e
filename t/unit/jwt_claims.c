
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_jwt: what a token says, once its signature is right */


#include <mcp_jwt_key.h>
#include "jwt.h"


#define CLAIMS_NOW  1000000000

#define CLAIMS_OK   "\"iss\":\"https://a\",\"aud\":\"https://s/mcp\"," \
                    "\"sub\":\"ann\",\"exp\":1000000001"


typedef struct {
    const char  *payload;
    const char  *consumer;           /* NULL: refused */
    const char  *scope;              /* or why */
} claims_row_t;


typedef struct {
    const char  *number;
    int64_t      date;               /* -1: refused */
} claims_date_t;


typedef struct {
    const char  *claim;              /* for the consumer, for the scopes */
    const char  *scope_claim;
    const char  *payload;
    const char  *consumer;
    const char  *scope;
} claims_rule_t;


#define CLAIMS_EXPIRED  "is expired"
#define CLAIMS_EARLY    "is not valid yet"
#define CLAIMS_TIME     "has a time that is none"
#define CLAIMS_ISS      "is of another issuer"
#define CLAIMS_AUD      "is for another audience"
#define CLAIMS_NO_SUB   "does not say whose it is"
#define CLAIMS_SUB      "is of somebody whose name is empty, too long or not" \
                        " plain"
#define CLAIMS_SCOPE    "has scopes that are not strings"
#define CLAIMS_JSON     "has claims that are not a JSON object"

#define CLAIMS_WHO(aud, exp)  "\"iss\":\"https://a\",\"aud\":" aud ","        \
                              "\"sub\":\"ann\",\"exp\":" exp
#define CLAIMS_SUB_IS(sub)    "{\"iss\":\"https://a\",\"exp\":1000000001,"    \
                              "\"aud\":\"https://s/mcp\",\"sub\":" sub "}"

static claims_row_t  claims_rows[] = {
    { "{" CLAIMS_OK "}", "ann", "" },

    /* leeway is 0 here */

    { "{" CLAIMS_WHO("\"https://s/mcp\"", "1000000000") "}", NULL,
      CLAIMS_EXPIRED },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "999999999") "}", NULL,
      CLAIMS_EXPIRED },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "1000000000.9") "}", NULL,
      CLAIMS_EXPIRED },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "0") "}", NULL, CLAIMS_EXPIRED },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "-1") "}", NULL, CLAIMS_TIME },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "\"1000000001\"") "}", NULL,
      CLAIMS_TIME },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "null") "}", NULL, CLAIMS_TIME },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "[2000000000]") "}", NULL,
      CLAIMS_TIME },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "1000000001000") "}", NULL,
      CLAIMS_TIME },
    { "{" CLAIMS_WHO("\"https://s/mcp\"", "1e300") "}", NULL, CLAIMS_TIME },
    { "{\"iss\":\"https://a\",\"aud\":\"https://s/mcp\",\"sub\":\"ann\"}",
      NULL, "has no time of expiry" },
    { "{" CLAIMS_OK ",\"nbf\":1000000000,\"iat\":1000000000}", "ann", "" },
    { "{" CLAIMS_OK ",\"nbf\":1000000000.9,\"iat\":1e9}", "ann", "" },
    { "{" CLAIMS_OK ",\"nbf\":1000000001}", NULL, CLAIMS_EARLY },
    { "{" CLAIMS_OK ",\"iat\":1000000001}", NULL, CLAIMS_EARLY },
    { "{" CLAIMS_OK ",\"nbf\":\"1\"}", NULL, CLAIMS_TIME },
    { "{" CLAIMS_OK ",\"iat\":-5}", NULL, CLAIMS_TIME },

    { "{\"aud\":\"https://s/mcp\",\"sub\":\"ann\",\"exp\":1000000001}", NULL,
      CLAIMS_ISS },
    { "{\"iss\":\"https://a/\",\"aud\":\"https://s/mcp\",\"sub\":\"ann\","
      "\"exp\":1000000001}", NULL, CLAIMS_ISS },
    { "{\"iss\":\"https://A\",\"aud\":\"https://s/mcp\",\"sub\":\"ann\","
      "\"exp\":1000000001}", NULL, CLAIMS_ISS },
    { "{\"iss\":\"\",\"aud\":\"https://s/mcp\",\"sub\":\"ann\","
      "\"exp\":1000000001}", NULL, CLAIMS_ISS },
    { "{\"iss\":[\"https://a\"],\"aud\":\"https://s/mcp\",\"sub\":\"ann\","
      "\"exp\":1000000001}", NULL, CLAIMS_ISS },
    { "{\"iss\":\"https://b\",\"aud\":\"https://s/mcp\",\"sub\":\"bob\","
      "\"exp\":1000000001}", "bob", "" },
    { "{\"iss\":\"https:\\/\\/b\",\"aud\":\"https:\\/\\/s\\/mcp\","
      "\"sub\":\"bob\",\"exp\":1000000001}", "bob", "" },

    { "{\"iss\":\"https://a\",\"sub\":\"ann\",\"exp\":1000000001}", NULL,
      "has no audience" },
    { "{" CLAIMS_WHO("[\"x\",\"https://s/mcp\"]", "1000000001") "}", "ann",
      "" },
    { "{" CLAIMS_WHO("[\"https://s\"]", "1000000001") "}", "ann", "" },
    { "{" CLAIMS_WHO("[]", "1000000001") "}", NULL, CLAIMS_AUD },
    { "{" CLAIMS_WHO("\"\"", "1000000001") "}", NULL, CLAIMS_AUD },
    { "{" CLAIMS_WHO("null", "1000000001") "}", NULL, CLAIMS_AUD },
    { "{" CLAIMS_WHO("[[\"https://s/mcp\"]]", "1000000001") "}", NULL,
      CLAIMS_AUD },
    { "{" CLAIMS_WHO("{\"https://s/mcp\":\"https://s/mcp\"}", "1000000001")
      "}", NULL, CLAIMS_AUD },
    { "{" CLAIMS_WHO("\"https://s/mcp/\"", "1000000001") "}", NULL,
      CLAIMS_AUD },
    { "{" CLAIMS_WHO("\"https://s/mc\"", "1000000001") "}", NULL, CLAIMS_AUD },
    { "{" CLAIMS_WHO("\"https://t/mcp\"", "1000000001") "}", NULL,
      CLAIMS_AUD },
    { "{" CLAIMS_WHO("[\"https://t/mcp\",\"https://S/mcp\"]", "1000000001")
      "}", NULL, CLAIMS_AUD },

    { CLAIMS_SUB_IS("\"\""), NULL, CLAIMS_SUB },
    { CLAIMS_SUB_IS("1"), NULL, CLAIMS_NO_SUB },
    { CLAIMS_SUB_IS("null"), NULL, CLAIMS_NO_SUB },
    { CLAIMS_SUB_IS("[\"ann\"]"), NULL, CLAIMS_NO_SUB },
    { CLAIMS_SUB_IS("\"a\\nb\""), NULL, CLAIMS_SUB },
    { CLAIMS_SUB_IS("\"a\\u007f\""), NULL, CLAIMS_SUB },
    { CLAIMS_SUB_IS("\"a\\u0085\""), NULL, CLAIMS_SUB },
    { CLAIMS_SUB_IS("\"\xc2\x9b\""), NULL, CLAIMS_SUB },
    { CLAIMS_SUB_IS("\"\xc2\xa0\xc3\x89 |:\""), "\xc2\xa0\xc3\x89 |:", "" },
    { "{\"iss\":\"https://a\",\"aud\":\"https://s/mcp\",\"exp\":1000000001,"
      "\"client_id\":\"c\",\"azp\":\"c\"}", NULL, CLAIMS_NO_SUB },

    { "{" CLAIMS_OK ",\"scope\":\"read write\"}", "ann", "read write" },
    { "{" CLAIMS_OK ",\"scope\":\" read  write \"}", "ann", "read write" },
    { "{" CLAIMS_OK ",\"scope\":\"\"}", "ann", "" },
    { "{" CLAIMS_OK ",\"scope\":[]}", "ann", "" },
    { "{" CLAIMS_OK ",\"scope\":[\"read\",\"\",\"wri\\u0074e\"]}", "ann",
      "read write" },
    { "{" CLAIMS_OK ",\"scp\":[\"read\",\"write\"]}", "ann", "read write" },
    { "{" CLAIMS_OK ",\"scp\":\"read write\"}", "ann", "read write" },
    { "{" CLAIMS_OK ",\"scp\":\"write\",\"scope\":\"read\"}", "ann", "read" },
    { "{" CLAIMS_OK ",\"scope\":\"a\\\"b c\\\\d e\\nf g\\u00e9 h\"}", "ann",
      "h" },
    { "{" CLAIMS_OK ",\"scope\":\"a:b.c/d!~#[]\"}", "ann", "a:b.c/d!~#[]" },
    { "{" CLAIMS_OK ",\"scope\":null}", NULL, CLAIMS_SCOPE },
    { "{" CLAIMS_OK ",\"scope\":7}", NULL, CLAIMS_SCOPE },
    { "{" CLAIMS_OK ",\"scope\":{\"read\":true}}", NULL, CLAIMS_SCOPE },
    { "{" CLAIMS_OK ",\"scope\":[\"read\",7]}", NULL, CLAIMS_SCOPE },
    { "{" CLAIMS_OK ",\"scope\":[[\"read\"]]}", NULL, CLAIMS_SCOPE },

    { "{" CLAIMS_OK ",\"at_hash\":\"x\"}", NULL, "is not an access token" },
    { "{" CLAIMS_OK ",\"c_hash\":\"x\"}", NULL, "is not an access token" },
    { "{" CLAIMS_OK ",\"events\":{}}", NULL, "is not an access token" },

    { "{" CLAIMS_OK ",\"sub\":\"root\"}", NULL, CLAIMS_JSON },
    { "{" CLAIMS_OK ",\"\\u0073ub\":\"root\"}", NULL, CLAIMS_JSON },
    { "{" CLAIMS_OK ",\"exp\":2000000000}", NULL, CLAIMS_JSON },
    { "{" CLAIMS_OK ",\"x\":{\"y\":1,\"y\":2}}", NULL, CLAIMS_JSON },
    { "[{" CLAIMS_OK "}]", NULL, CLAIMS_JSON },
    { "{" CLAIMS_OK "}x", NULL, CLAIMS_JSON },
    { "{" CLAIMS_OK "", NULL, CLAIMS_JSON },
    { "\"x\"", NULL, CLAIMS_JSON },
    { "null", NULL, CLAIMS_JSON },
    { "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", NULL, CLAIMS_JSON },
    { NULL, NULL, NULL }
};


static claims_date_t  claims_dates[] = {
    { "0", 0 },
    { "0.0", 0 },
    { "1", 1 },
    { "1.0", 1 },
    { "1.9999999999999999999999999", 1 },
    { "0.9999999999999999999999999", 0 },
    { "1e0", 1 },
    { "1e9", 1000000000 },
    { "1E+9", 1000000000 },
    { "1.7000000019e9", 1700000001 },
    { "170000000199e-2", 1700000001 },
    { "17000000019e-1", 1700000001 },
    { "1e-9", 0 },
    { "1e-300", 0 },
    { "0.000012e8", 1200 },
    { "0.00001234567e5", 1 },
    { "0e99999999999999999999", 0 },
    { "0.0e99999", 0 },
    { "253402300799", MCP_JWT_TIME_MAX },
    { "253402300799.999", MCP_JWT_TIME_MAX },
    { "253402300800", -1 },
    { "2534023008e2", -1 },
    { "9223372036854775808", -1 },
    { "18446744073709551617", -1 },
    { "340282366920938463463374607431768211457", -1 },
    { "1e18", -1 },
    { "1e308", -1 },
    { "-0", -1 },
    { "-1", -1 },
    { "-1e-300", -1 },
    { "true", -1 },
    { "\"1\"", -1 },
    { NULL, 0 }
};


static claims_rule_t  claims_rules[] = {
    { "client_id", "", "{\"exp\":9e9,\"client_id\":\"c\",\"sub\":\"s\"}", "c",
      "" },
    { "client_id", "", "{\"exp\":9e9,\"sub\":\"s\"}", NULL, "" },
    { "https://x/name", "", "{\"exp\":9e9,\"https://x/name\":\"n\"}", "n",
      "" },
    { "", "permissions", "{\"exp\":9e9,\"sub\":\"s\",\"scope\":\"a\","
      "\"permissions\":[\"b\"]}", "s", "b" },
    { "", "scp", "{\"exp\":9e9,\"sub\":\"s\",\"scope\":\"a\"}", "s", "" },
    { NULL, NULL, NULL, NULL, NULL }
};


static ngx_str_t  claims_issuers[] = {
    ngx_string("https://a"), ngx_string("https://b")
};

static ngx_str_t  claims_audiences[] = {
    ngx_string("https://s/mcp"), ngx_string("https://s")
};


static ngx_int_t
claims_read(ngx_pool_t *pool, const char *payload, mcp_jwt_rules_t *rules,
    time_t now, mcp_jwt_claims_t *claims, const char **err)
{
    mcp_jwt_t  jwt;

    ngx_memzero(&jwt, sizeof(mcp_jwt_t));
    ngx_memset(claims, 0xff, sizeof(mcp_jwt_claims_t));

    jwt.payload.len = ngx_strlen(payload);
    jwt.payload.data = unit_copy(pool, payload, jwt.payload.len);

    *err = NULL;

    return mcp_jwt_claims(&jwt, pool, rules, now, claims, err);
}


static void
claims_array(ngx_array_t *array, ngx_str_t *elts, ngx_uint_t n)
{
    ngx_memzero(array, sizeof(ngx_array_t));

    array->elts = elts;
    array->nelts = n;
    array->size = sizeof(ngx_str_t);
}


static void
claims_test_rows(ngx_pool_t *pool)
{
    ngx_int_t          rc;
    ngx_str_t          expected;
    const char        *err, *name;
    ngx_array_t        issuers, audiences;
    claims_row_t      *row;
    mcp_jwt_rules_t    rules;
    mcp_jwt_claims_t   claims;

    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));

    claims_array(&issuers, claims_issuers, 2);
    claims_array(&audiences, claims_audiences, 2);

    rules.issuers = &issuers;
    rules.audiences = &audiences;

    for (row = claims_rows; row->payload; row++) {
        name = unit_show(row->payload, ngx_strlen(row->payload));
        rc = claims_read(pool, row->payload, &rules, CLAIMS_NOW, &claims,
                         &err);

        if (row->consumer == NULL) {
            unit_ok(rc == NGX_DECLINED && ngx_strcmp(err, row->scope) == 0,
                    "%s: %s", name, err);
            continue;
        }

        if (!unit_is_int(rc, NGX_OK, "%s", name)) {
            unit_diag("%s", err);
            continue;
        }

        expected = jwt_text(row->consumer, ngx_strlen(row->consumer));
        unit_is(&claims.consumer, &expected, "  consumer");

        expected = jwt_text(row->scope, ngx_strlen(row->scope));
        unit_is(&claims.scope, &expected, "  scope");

        unit_is_int(claims.expires, 1000000001, "  expires");
    }
}


static void
claims_test_dates(ngx_pool_t *pool)
{
    int64_t         date;
    ngx_str_t       text;
    ngx_int_t       rc;
    claims_date_t  *row;
    mcp_json_doc_t  doc;

    for (row = claims_dates; row->number; row++) {
        text.len = ngx_strlen(row->number);
        text.data = unit_copy(pool, row->number, text.len);

        jwt_must(mcp_json_scan(&doc, pool, text.data, text.len) == NGX_OK,
                 "a number");

        date = -1;
        rc = mcp_jwt_date(doc.tokens, &date);

        unit_ok(rc == (row->date < 0 ? NGX_DECLINED : NGX_OK)
                && date == row->date,
                "%s is %lld", row->number, (long long) date);
    }
}


static void
claims_test_leeway(ngx_pool_t *pool)
{
    const char        *err, *payload;
    mcp_jwt_rules_t    rules;
    mcp_jwt_claims_t   claims;

    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));
    rules.leeway = 30;

    payload = "{\"sub\":\"s\",\"exp\":2000,\"nbf\":1000,\"iat\":1000}";

    unit_is_int(claims_read(pool, payload, &rules, 969, &claims, &err),
                NGX_DECLINED, "a second too early");
    unit_is_int(claims_read(pool, payload, &rules, 970, &claims, &err),
                NGX_OK, "at nbf less leeway");
    unit_is_int(claims_read(pool, payload, &rules, 2029, &claims, &err),
                NGX_OK, "a second before exp and leeway");
    unit_is_int(claims.expires, 2000, "expires is without leeway");
    unit_is_int(claims_read(pool, payload, &rules, 2030, &claims, &err),
                NGX_DECLINED, "at exp and leeway");
}


static void
claims_test_rules(ngx_pool_t *pool)
{
    char               long_payload[512];
    ngx_int_t          rc;
    ngx_str_t          expected;
    const char        *err;
    claims_rule_t     *row;
    ngx_array_t        none;
    mcp_jwt_rules_t    rules;
    mcp_jwt_claims_t   claims;

    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));

    for (row = claims_rules; row->claim; row++) {
        rules.consumer = jwt_text(row->claim, ngx_strlen(row->claim));
        rules.scope = jwt_text(row->scope_claim,
                               ngx_strlen(row->scope_claim));

        rc = claims_read(pool, row->payload, &rules, 0, &claims, &err);

        if (row->consumer == NULL) {
            unit_is_int(rc, NGX_DECLINED, "\"%s\" is not there", row->claim);
            continue;
        }

        unit_is_int(rc, NGX_OK, "%s", row->payload);

        expected = jwt_text(row->consumer, ngx_strlen(row->consumer));
        unit_is(&claims.consumer, &expected, "  consumer");

        expected = jwt_text(row->scope, ngx_strlen(row->scope));
        unit_is(&claims.scope, &expected, "  scope");
    }

    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));
    claims_array(&none, NULL, 0);

    (void) snprintf(long_payload, sizeof(long_payload),
                    "{\"exp\":9e9,\"sub\":\"%0*d\"}", MCP_JWT_CONSUMER_MAX, 0);
    unit_is_int(claims_read(pool, long_payload, &rules, 0, &claims, &err),
                NGX_OK, "a long name");

    rules.issuers = &none;
    unit_is_int(claims_read(pool, long_payload, &rules, 0, &claims, &err),
                NGX_DECLINED, "of no issuers");

    rules.issuers = NULL;
    rules.audiences = &none;
    unit_is_int(claims_read(pool, long_payload, &rules, 0, &claims, &err),
                NGX_DECLINED, "of no audiences");

    rules.audiences = NULL;

    (void) snprintf(long_payload, sizeof(long_payload),
                    "{\"exp\":9e9,\"sub\":\"%0*d\"}",
                    MCP_JWT_CONSUMER_MAX + 1, 0);
    unit_is_int(claims_read(pool, long_payload, &rules, 0, &claims, &err),
                NGX_DECLINED, "a name that is too long");
}


static void
claims_test_memory(void)
{
    ngx_int_t          i, rc;
    mcp_jwt_t          jwt;
    ngx_pool_t        *pool, *temp;
    const char        *err;
    mcp_jwt_rules_t    rules;
    mcp_jwt_claims_t   claims;

    pool = unit_pool();

    ngx_memzero(&jwt, sizeof(mcp_jwt_t));
    ngx_memzero(&rules, sizeof(mcp_jwt_rules_t));

    jwt.payload = jwt_printf(pool, "{\"exp\":9e9,\"sub\":\"\\u0061\","
                             "\"scope\":[\"\\u0061\"]}");

    for (i = 0, rc = NGX_ERROR; i < 32 && rc == NGX_ERROR; i++) {
        temp = unit_pool();

        unit_fail_alloc(i);
        rc = mcp_jwt_claims(&jwt, temp, &rules, 0, &claims, &err);
        unit_fail_alloc(-1);

        ngx_destroy_pool(temp);
    }

    unit_ok(rc == NGX_OK && i > 4, "%d allocations fail", (int) i - 1);

    ngx_destroy_pool(pool);
}


int
main(void)
{
    ngx_pool_t  *pool;

    pool = unit_pool();

    claims_test_rows(pool);
    claims_test_dates(pool);
    claims_test_leeway(pool);
    claims_test_rules(pool);
    claims_test_memory();

    ngx_destroy_pool(pool);

    return unit_done();
}
