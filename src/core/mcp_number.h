
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#ifndef _MCP_NUMBER_H_INCLUDED_
#define _MCP_NUMBER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_json.h>


/*
 * Exact decimals.  The value of a number node is its text where it has one
 * ("valuestring"), else the shortest decimal that reads back as its double.
 * The arguments are number nodes whose doubles are finite.  Nothing is
 * allocated but by mcp_number_is_multiple() for numbers of more than 19
 * significant digits, which takes libcrypto's heap and returns it.
 */


/*
 * A finite double, which everything below takes for granted; the difference
 * is a NaN for both infinities and for a NaN.
 */
#define mcp_number_is_finite(number)                                         \
    ((number)->valuedouble - (number)->valuedouble == 0)

/* 1.0 and 1e2 are integers (JSON Schema 2020-12 core, section 4.2.3) */
ngx_uint_t mcp_number_is_integer(const cJSON *number);

/* -1, 0 or 1 */
ngx_int_t mcp_number_sign(const cJSON *number);
ngx_int_t mcp_number_cmp(const cJSON *a, const cJSON *b);

/*
 * Is the number divided by "unit", which is not zero, an integer?
 * NGX_OK, NGX_DECLINED if it is not, NGX_ERROR: out of memory.
 */
ngx_int_t mcp_number_is_multiple(const cJSON *number, const cJSON *unit);

/*
 * The value of an integer that is not negative; one that does not fit is
 * NGX_MAX_SIZE_T_VALUE.  NGX_OK or NGX_DECLINED.
 */
ngx_int_t mcp_number_count(const cJSON *number, size_t *count);


#endif /* _MCP_NUMBER_H_INCLUDED_ */
