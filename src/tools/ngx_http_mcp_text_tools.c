
/*
 * Copyright (C) the ngx_http_mcp_module authors
 */


#include <ngx_http_mcp_text_tools.h>


/* without threads a pattern may hold up the worker for as long as it may run */

#if (NGX_THREADS)
#define NGX_HTTP_MCP_REGEX_FLAGS                                             \
    (NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT|NGX_HTTP_MCP_BLOCKING)
#else
#define NGX_HTTP_MCP_REGEX_FLAGS                                             \
    (NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT)
#endif


static const char  ngx_http_mcp_digest_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"algorithm\":{"
          "\"type\":\"string\","
          "\"enum\":[\"sha224\",\"sha256\",\"sha384\",\"sha512\","
            "\"sha512-256\",\"sha3-224\",\"sha3-256\",\"sha3-384\","
            "\"sha3-512\",\"blake2s256\",\"blake2b512\"],"
          "\"description\":\"The hash function; sha256 unless another one is"
            " asked for.\"},"
        "\"data\":{"
          "\"type\":\"string\","
          "\"description\":\"What to hash, written as \\\"input\\\" says.\"},"
        "\"input\":{"
          "\"type\":\"string\","
          "\"enum\":[\"text\",\"base64\",\"hex\"],"
          "\"default\":\"text\","
          "\"description\":\"How data is written: text is hashed as its UTF-8"
            " bytes, base64 and hex stand for bytes.\"},"
        "\"output\":{"
          "\"type\":\"string\","
          "\"enum\":[\"hex\",\"base64\"],"
          "\"default\":\"hex\","
          "\"description\":\"How the digest is written.\"}"
      "},"
      "\"required\":[\"algorithm\",\"data\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"algorithm\":\"sha256\",\"data\":\"abc\"}]"
    "}";

static const char  ngx_http_mcp_digest_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"algorithm\":{\"type\":\"string\","
          "\"description\":\"As in the arguments.\"},"
        "\"digest\":{\"type\":\"string\","
          "\"description\":\"The digest, in lower-case hex or in base64.\"}"
      "},"
      "\"required\":[\"algorithm\",\"digest\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_regex_match_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"pattern\":{"
          "\"type\":\"string\",\"maxLength\":4096,"
          "\"description\":\"A Perl-compatible regular expression without"
            " delimiters, for example (?<year>\\\\d{4})-(\\\\d\\\\d). \\\\w,"
            " \\\\d and \\\\b follow Unicode.\"},"
        "\"text\":{"
          "\"type\":\"string\","
          "\"description\":\"The text to search.\"},"
        "\"flags\":{"
          "\"type\":\"string\",\"pattern\":\"^[imsx]*$\",\"default\":\"\","
          "\"description\":\"Any of: i ignore case, m ^ and $ match at line"
            " breaks, s the dot matches line breaks, x white space and"
            " #comments in the pattern are ignored.\"},"
        "\"max_matches\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":1000,"
          "\"default\":100,"
          "\"description\":\"Stop after this many matches.\"}"
      "},"
      "\"required\":[\"pattern\",\"text\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"pattern\":\"(?<user>\\\\w+)@(\\\\S+)\","
        "\"text\":\"mail ann@example.org\",\"flags\":\"i\"}]"
    "}";

static const char  ngx_http_mcp_regex_match_output[] =
    "{"
      "\"type\":\"object\","
      "\"$defs\":{"
        "\"group\":{\"type\":[\"string\",\"null\"],"
          "\"description\":\"null: the group took no part in the match.\"}"
      "},"
      "\"properties\":{"
        "\"count\":{\"type\":\"integer\","
          "\"description\":\"How many matches are listed; 0: none.\"},"
        "\"truncated\":{\"type\":\"boolean\","
          "\"description\":\"There may be more matches than are listed.\"},"
        "\"matches\":{\"type\":\"array\",\"items\":{"
          "\"type\":\"object\","
          "\"properties\":{"
            "\"text\":{\"type\":\"string\","
              "\"description\":\"The matched text.\"},"
            "\"start\":{\"type\":\"integer\","
              "\"description\":\"Where it starts, in Unicode code points"
                " from 0.\"},"
            "\"end\":{\"type\":\"integer\","
              "\"description\":\"Where it ends, exclusive.\"},"
            "\"groups\":{\"type\":\"array\","
              "\"items\":{\"$ref\":\"#/$defs/group\"},"
              "\"description\":\"The captured groups, from group 1.\"},"
            "\"named\":{\"type\":\"object\","
              "\"additionalProperties\":{\"$ref\":\"#/$defs/group\"},"
              "\"description\":\"The named groups, if the pattern has"
                " any.\"}"
          "},"
          "\"required\":[\"text\",\"start\",\"end\",\"groups\"],"
          "\"additionalProperties\":false"
        "}}"
      "},"
      "\"required\":[\"count\",\"truncated\",\"matches\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_regex_replace_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"pattern\":{"
          "\"type\":\"string\",\"maxLength\":4096,"
          "\"description\":\"A Perl-compatible regular expression without"
            " delimiters. \\\\w, \\\\d and \\\\b follow Unicode.\"},"
        "\"text\":{"
          "\"type\":\"string\","
          "\"description\":\"The text to change.\"},"
        "\"replacement\":{"
          "\"type\":\"string\",\"maxLength\":65536,"
          "\"description\":\"What to put for a match: $0 or ${0} is the whole"
            " match, $1 or ${1} a group, ${name} a named group, $$ a dollar"
            " sign; a backslash stands for itself.\"},"
        "\"flags\":{"
          "\"type\":\"string\",\"pattern\":\"^[imsx]*$\",\"default\":\"\","
          "\"description\":\"Any of: i ignore case, m ^ and $ match at line"
            " breaks, s the dot matches line breaks, x white space and"
            " #comments in the pattern are ignored.\"},"
        "\"global\":{"
          "\"type\":\"boolean\",\"default\":true,"
          "\"description\":\"false: replace the first match only.\"}"
      "},"
      "\"required\":[\"pattern\",\"text\",\"replacement\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"pattern\":\"(\\\\w+) (\\\\w+)\","
        "\"text\":\"Ada Lovelace\",\"replacement\":\"$2, $1\"}]"
    "}";

static const char  ngx_http_mcp_regex_replace_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"text\":{\"type\":\"string\","
          "\"description\":\"The text after the replacements.\"},"
        "\"replacements\":{\"type\":\"integer\","
          "\"description\":\"How many matches were replaced.\"}"
      "},"
      "\"required\":[\"text\",\"replacements\"],"
      "\"additionalProperties\":false"
    "}";

static const char  ngx_http_mcp_encode_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"encoding\":{"
          "\"type\":\"string\","
          "\"enum\":[\"base64\",\"base64url\",\"hex\",\"percent\"],"
          "\"description\":\"The encoding to write: base64 is padded,"
            " base64url is not, hex is in lower case, percent keeps letters,"
            " digits and -._~ only.\"},"
        "\"data\":{"
          "\"type\":\"string\","
          "\"description\":\"What to encode, written as \\\"input\\\""
            " says.\"},"
        "\"input\":{"
          "\"type\":\"string\","
          "\"enum\":[\"text\",\"base64\",\"hex\"],"
          "\"default\":\"text\","
          "\"description\":\"How data is written: text is encoded as its"
            " UTF-8 bytes, base64 and hex stand for bytes.\"}"
      "},"
      "\"required\":[\"encoding\",\"data\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"encoding\":\"base64\",\"data\":\"hello\"}]"
    "}";

static const char  ngx_http_mcp_decode_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"encoding\":{"
          "\"type\":\"string\","
          "\"enum\":[\"base64\",\"base64url\",\"hex\",\"percent\"],"
          "\"description\":\"The encoding data is written in. Decoding is"
            " strict: base64 needs its padding, nothing may contain white"
            " space, in percent a + is a plus sign.\"},"
        "\"data\":{"
          "\"type\":\"string\","
          "\"description\":\"What to decode.\"},"
        "\"output\":{"
          "\"type\":\"string\","
          "\"enum\":[\"auto\",\"hex\"],"
          "\"default\":\"auto\","
          "\"description\":\"auto: text if the bytes are UTF-8 without NUL,"
            " otherwise an embedded resource with a base64 blob; hex: always"
            " the bytes in hex.\"}"
      "},"
      "\"required\":[\"encoding\",\"data\"],"
      "\"additionalProperties\":false,"
      "\"examples\":[{\"encoding\":\"base64\",\"data\":\"aGVsbG8=\"}]"
    "}";

static const char  ngx_http_mcp_uuid_input[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"version\":{"
          "\"type\":\"integer\",\"enum\":[4,7],\"default\":4,"
          "\"description\":\"4: random; 7: starts with the time, so that"
            " later ones sort after earlier ones.\"},"
        "\"count\":{"
          "\"type\":\"integer\",\"minimum\":1,\"maximum\":100,\"default\":1,"
          "\"description\":\"How many.\"}"
      "},"
      "\"additionalProperties\":false,"
      "\"examples\":[{},{\"version\":7,\"count\":3}]"
    "}";

static const char  ngx_http_mcp_uuid_output[] =
    "{"
      "\"type\":\"object\","
      "\"properties\":{"
        "\"uuids\":{\"type\":\"array\",\"minItems\":1,"
          "\"items\":{\"type\":\"string\"},"
          "\"description\":\"Different UUIDs; of version 7: in ascending"
            " order.\"}"
      "},"
      "\"required\":[\"uuids\"],"
      "\"additionalProperties\":false"
    "}";


static const ngx_http_mcp_tool_t  ngx_http_mcp_text_tool_list[] = {

    { "digest", "Digest",
      "Computes a cryptographic digest (SHA-2, SHA-3, BLAKE2) of a text or"
      " of bytes.",
      ngx_http_mcp_digest_input,
      ngx_http_mcp_digest_output,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT,
      0,
      ngx_http_mcp_text_digest },

    { "regex_match", "Match a regular expression",
      "Finds all matches of a Perl-compatible regular expression in a text,"
      " with offsets in code points and captured groups.",
      ngx_http_mcp_regex_match_input,
      ngx_http_mcp_regex_match_output,
      NULL,
      NGX_HTTP_MCP_REGEX_FLAGS,
      0,
      ngx_http_mcp_text_regex_match },

    { "regex_replace", "Replace by a regular expression",
      "Replaces the matches of a Perl-compatible regular expression in a"
      " text.",
      ngx_http_mcp_regex_replace_input,
      ngx_http_mcp_regex_replace_output,
      NULL,
      NGX_HTTP_MCP_REGEX_FLAGS,
      0,
      ngx_http_mcp_text_regex_replace },

    { "encode", "Encode",
      "Encodes a text or bytes as base64, base64url, hex or percent-encoding."
      " The result is the encoded text alone.",
      ngx_http_mcp_encode_input,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT,
      0,
      ngx_http_mcp_text_encode },

    { "decode", "Decode",
      "Decodes base64, base64url, hex or percent-encoding. The result is the"
      " decoded text alone, or an embedded resource if it is not text.",
      ngx_http_mcp_decode_input,
      NULL,
      NULL,
      NGX_HTTP_MCP_READ_ONLY|NGX_HTTP_MCP_IDEMPOTENT,
      0,
      ngx_http_mcp_text_decode },

    { "uuid", "Make UUIDs",
      "Makes new UUIDs (RFC 9562) from a cryptographic random source.",
      ngx_http_mcp_uuid_input,
      ngx_http_mcp_uuid_output,
      NULL,
      NGX_HTTP_MCP_READ_ONLY,
      0,
      ngx_http_mcp_text_uuid },

    ngx_http_mcp_null_tool
};


const ngx_http_mcp_tools_t  ngx_http_mcp_text_tools = {
    NGX_HTTP_MCP_API_VERSION,
    "text",
    ngx_http_mcp_text_tool_list,
    NULL,
    NULL
};
