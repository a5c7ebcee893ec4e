
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


/* mcp_number: decimals compared, counted and divided exactly */


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_number.h>
#include "unit.h"
#include <math.h>


typedef struct {
    const char  *a;
    const char  *b;
    ngx_int_t    cmp;
} number_cmp_t;


typedef struct {
    const char  *number;
    ngx_uint_t   integer;
    ngx_int_t    sign;
    ngx_int_t    rc;                 /* of mcp_number_count() */
    size_t       count;
} number_row_t;


typedef struct {
    const char  *number;
    const char  *unit;
    ngx_int_t    rc;
} number_multiple_t;


static number_cmp_t  number_cmp[] = {
    { "0", "0", 0 },
    { "0", "-0", 0 },
    { "0", "-0.0e10", 0 },
    { "1", "1.0", 0 },
    { "1", "10e-1", 0 },
    { "100", "1e2", 0 },
    { "0.1", "1e-1", 0 },
    { "1", "2", -1 },
    { "-1", "1", -1 },
    { "-1", "-2", 1 },
    { "9007199254740992", "9007199254740993", -1 },
    { "9007199254740993", "9007199254740993.0", 0 },
    { "-9007199254740993", "-9007199254740992", -1 },
    { "0.1", "0.1000000000000000055511151231257827", -1 },
    { "0.3", "0.30000000000000000000000000000000001", -1 },
    { "1e400", "1e401", -1 },
    { "1e-400", "0", 1 },
    { "-1e-400", "0", -1 },
    { "1e-400", "1e-401", 1 },
    { "1e-99999999999999999999", "0", 1 },
    { "123456789012345678901234567890", "123456789012345678901234567891",
      -1 },
    { "12e1", "121", -1 },
    { "1.5", "1.50", 0 },
    { NULL, NULL, 0 }
};


static number_row_t  number_rows[] = {
    { "0", 1, 0, NGX_OK, 0 },
    { "-0", 1, 0, NGX_OK, 0 },
    { "-0.0", 1, 0, NGX_OK, 0 },
    { "1", 1, 1, NGX_OK, 1 },
    { "1.0", 1, 1, NGX_OK, 1 },
    { "1e2", 1, 1, NGX_OK, 100 },
    { "1.5e1", 1, 1, NGX_OK, 15 },
    { "1.5", 0, 1, NGX_DECLINED, 0 },
    { "1e-1", 0, 1, NGX_DECLINED, 0 },
    { "-1", 1, -1, NGX_DECLINED, 0 },
    { "1.00000000000000000000001", 0, 1, NGX_DECLINED, 0 },
    { "0.99999999999999999999999", 0, 1, NGX_DECLINED, 0 },
    { "1e-400", 0, 1, NGX_DECLINED, 0 },
    { "-1e-400", 0, -1, NGX_DECLINED, 0 },
    { "9007199254740991", 1, 1, NGX_OK, 9007199254740991 },
    { "9007199254740993", 1, 1, NGX_OK, NGX_MAX_SIZE_T_VALUE },
    { "1e300", 1, 1, NGX_OK, NGX_MAX_SIZE_T_VALUE },
    { "123456789012345678901234567890", 1, 1, NGX_OK, NGX_MAX_SIZE_T_VALUE },
    { NULL, 0, 0, 0, 0 }
};


static number_multiple_t  number_multiples[] = {
    { "0", "3", NGX_OK },
    { "9", "3", NGX_OK },
    { "-9", "3", NGX_OK },
    { "10", "3", NGX_DECLINED },
    { "0.3", "0.1", NGX_OK },
    { "4.35", "0.01", NGX_OK },
    { "19.99", "0.01", NGX_OK },
    { "1.1", "0.1", NGX_OK },
    { "0.00751", "0.0001", NGX_DECLINED },
    { "0.0075", "0.0001", NGX_OK },
    { "1", "0.3", NGX_DECLINED },
    { "4.5", "1.5", NGX_OK },
    { "35", "1.5", NGX_DECLINED },
    { "1e308", "0.123456789", NGX_DECLINED },
    { "12391239123", "1e-8", NGX_OK },
    { "1e308", "1e-308", NGX_OK },
    { "1e-308", "1e308", NGX_DECLINED },
    { "0", "1e308", NGX_OK },
    { "9007199254740993", "3", NGX_OK },
    { "9007199254740994", "3", NGX_DECLINED },
    { "18446744073709551615", "5", NGX_OK },
    { "18446744073709551616", "18446744073709551615", NGX_DECLINED },
    { "123456789012345678901234567890", "10", NGX_OK },
    { "123456789012345678901234567891", "10", NGX_DECLINED },
    { "123456789012345678901234567890", "12345678901234567890123456789",
      NGX_OK },
    { "370370367037037036703703703670", "123456789012345678901234567890",
      NGX_OK },
    { "370370367037037036703703703671", "123456789012345678901234567890",
      NGX_DECLINED },
    { "1e300", "123456789012345678901234567890", NGX_DECLINED },
    { "1e300", "1152921504606846976", NGX_OK },
    { "1e300", "1000000000000000000000000000001e3", NGX_DECLINED },
    { "1", "1e-99999999999999999", NGX_OK },
    { NULL, NULL, 0 }
};


static cJSON number_node(const char *text);
static void number_test_cmp(void);
static void number_test_rows(void);
static void number_test_multiples(void);
static void number_test_doubles(void);
static void number_test_long(void);


int
main(int argc, char **argv)
{
    number_test_cmp();
    number_test_rows();
    number_test_multiples();
    number_test_doubles();
    number_test_long();

    return unit_done();
}


static cJSON
number_node(const char *text)
{
    cJSON  node;

    ngx_memzero(&node, sizeof(cJSON));

    node.type = cJSON_Number;
    node.valuestring = (char *) text;
    node.valuedouble = strtod(text, NULL);

    return node;
}


static void
number_test_cmp(void)
{
    cJSON          a, b;
    number_cmp_t  *row;

    for (row = number_cmp; row->a; row++) {
        a = number_node(row->a);
        b = number_node(row->b);

        unit_is_int(mcp_number_cmp(&a, &b), row->cmp, "%s and %s", row->a,
                    row->b);
        unit_is_int(mcp_number_cmp(&b, &a), -row->cmp, "%s and %s", row->b,
                    row->a);
    }
}


static void
number_test_rows(void)
{
    cJSON          n;
    size_t         count;
    number_row_t  *row;

    for (row = number_rows; row->number; row++) {
        n = number_node(row->number);
        count = 0;

        unit_is_int(mcp_number_is_integer(&n), row->integer, "%s: integer",
                    row->number);
        unit_is_int(mcp_number_sign(&n), row->sign, "%s: sign", row->number);
        unit_is_int(mcp_number_count(&n, &count), row->rc, "%s: count",
                    row->number);
        unit_ok(count == row->count, "%s: is %zu", row->number, row->count);
    }
}


static void
number_test_multiples(void)
{
    cJSON               a, m;
    number_multiple_t  *row;

    for (row = number_multiples; row->number; row++) {
        a = number_node(row->number);
        m = number_node(row->unit);

        unit_is_int(mcp_number_is_multiple(&a, &m), row->rc,
                    "%s, multiple of %s", row->number, row->unit);
    }
}


/* numbers made by handlers have no text */

static void
number_test_doubles(void)
{
    cJSON  a, b;

    a = number_node("0.1");
    b = number_node("0.1");
    a.valuestring = NULL;

    unit_is_int(mcp_number_cmp(&a, &b), 0, "a double is its shortest text");

    b = number_node("0.1000000000000000055511151231257827");
    unit_is_int(mcp_number_cmp(&a, &b), -1, "and not its exact value");

    a.valuedouble = 0.1 + 0.2;
    b = number_node("0.1");
    unit_is_int(mcp_number_is_multiple(&a, &b), NGX_DECLINED,
                "0.1 + 0.2 is 0.30000000000000004");

    a.valuedouble = 2251799813685249.5;
    unit_is_int(mcp_number_is_integer(&a), 0, "half of an odd number");

    a.valuedouble = 1e22;
    b = number_node("1e22");
    unit_is_int(mcp_number_cmp(&a, &b), 0, "1e22");
    unit_is_int(mcp_number_is_integer(&a), 1, "1e22 is an integer");

    a.valuedouble = 9;
    b.valuestring = NULL;
    b.valuedouble = 3;
    unit_is_int(mcp_number_is_multiple(&a, &b), NGX_OK, "plain integers");

    a.valuedouble = HUGE_VAL;
    unit_ok(!mcp_number_is_finite(&a), "infinite");

    a.valuedouble -= HUGE_VAL;
    unit_ok(!mcp_number_is_finite(&a), "not a number");
}


/* as long as the scan lets them be */

static void
number_test_long(void)
{
    char   x[MCP_JSON_MAX_NUMBER + 1], y[MCP_JSON_MAX_NUMBER + 1];
    cJSON  a, b;

    ngx_memset(x, '7', MCP_JSON_MAX_NUMBER);
    x[1] = '.';
    x[MCP_JSON_MAX_NUMBER] = '\0';

    ngx_memcpy(y, x, sizeof(x));
    y[MCP_JSON_MAX_NUMBER - 1] = '8';

    a = number_node(x);
    b = number_node(y);

    unit_is_int(mcp_number_cmp(&a, &b), -1, "1024 bytes, the last differs");
    unit_is_int(mcp_number_is_multiple(&a, &b), NGX_DECLINED,
                "1024 bytes, no multiple");
    unit_is_int(mcp_number_is_multiple(&a, &a), NGX_OK,
                "1024 bytes, once itself");

    b = number_node("7e-1022");
    unit_is_int(mcp_number_is_multiple(&a, &b), NGX_OK,
                "1024 sevens are a multiple of seven");
}
