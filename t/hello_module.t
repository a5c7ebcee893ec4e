#!/usr/bin/perl

# A module of one's own: conf.d/hello-module builds, loads and serves; modules
# with mistakes are refused at start.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;
use File::Basename qw(basename dirname);
use File::Temp ();

my $root = MCPTest::root();
my $built = dirname(MCPTest::module());
my $source = "$root/conf.d/hello-module/ngx_http_hello_tools_module.c";

plan(skip_all => 'no module ' . MCPTest::module()) if !-e MCPTest::module();


# what the README says: a module directory given to util/build.sh

sub build {
    local $ENV{BUILD} = basename($built) eq 'sanitize' ? 'sanitize' : 'plain';
    local $ENV{BUILD_DIR} = $ENV{BUILD} eq 'sanitize' ? dirname($built)
                                                      : $built;

    return system("$root/util/build.sh", "$root/conf.d/hello-module") == 0;
}

my $hello = "$built/ngx_http_hello_tools_module.so";

ok(build(), 'util/build.sh conf.d/hello-module');
ok(-e $hello, 'makes a module');

my $text = slurp($source);

cmp_ok(($text =~ tr/\n//), '<=', 60, 'of at most 60 lines');


# conf.d/hello.conf as it is, but for its place, port and log

my $t = MCPTest->new(workers => 1);
my $conf = slurp("$root/conf.d/hello.conf");

mkdir $t->path('build') or die $!;
symlink $_, $t->path('build/' . basename $_) or die $!
    for MCPTest::module(), $hello;

ok($conf =~ s/^error_log stderr;/error_log error.log info;/m, 'its log');
ok($conf =~ s/127\.0\.0\.1:8080;/127.0.0.1:%%PORT_0%%;/, 'its port');
$conf =~ s/^daemon off;/user root;\n$&/m if $> == 0;

$t->write_file('nginx.conf', $conf);
$t->start;

my ($r, @tools);

$r = $t->rpc('tools/list');
ok_result($r, 'its tools are listed');

@tools = @{ $r->result->{tools} };
is(join(' ', map { $_->{name} } @tools), 'hello', 'one tool');
is($tools[0]{inputSchema}{required}[0], 'name', 'its arguments');
ok($tools[0]{annotations}{readOnlyHint}, 'its annotations');

$r = $t->call('hello', { name => 'Ada' });
ok_result($r, 'it is called');
is($r->text, 'Hello, Ada!', 'and greets');
is($t->call('hello', { name => 'é😀' })->text, 'Hello, é😀!', 'in UTF-8');
is($t->call('hello', { name => '%s%n' })->text, 'Hello, %s%n!', 'as text');
is(length $t->call('hello', { name => '😀' x 100 })->text, 108,
   'the longest name');
ok_tool_error($t->call('hello', { name => 'x' x 101 }), qr{/name}, 'not more');
ok_tool_error($t->call('hello', { name => 'World' }), qr/person/,
              'a tool error of its own');
ok_tool_error($t->call('hello', {}), qr/name/, 'an argument is missing');
is($t->legacy_call('hello', { name => 'Ada' })->text, 'Hello, Ada!',
   'the same in the legacy era');

undef $t;


# Variants of the example, compiled like the tools of the other tests. The
# changes are a list of pairs, each found once.

my $dir = File::Temp->newdir('mcp-hello-XXXXXX', TMPDIR => 1);
my $count = 0;

sub variant {
    my (@change) = @_;

    my $name = 'v' . ++$count;
    my $c = $text;

    while (my ($from, $to) = splice @change, 0, 2) {
        $c =~ s/\Q$from\E/$to/ or die "no $from";
    }

    $c =~ s/ngx_http_hello_tools_module/ngx_http_${name}_tools_module/g;
    $c .= "ngx_module_t  *ngx_modules[] = { &ngx_http_${name}_tools_module,"
        . " NULL };\n"
        . "char  *ngx_module_names[] = { \"ngx_http_${name}_tools_module\","
        . " NULL };\n"
        . "char  *ngx_module_order[] = { NULL };\n";

    open my $fh, '>:raw', "$dir/$name.c" or die $!;
    print $fh $c;
    close $fh or die $!;

    my $nginx = $ENV{TEST_NGINX_SOURCE} || '/usr/share/nginx/src';

    system($ENV{CC} || 'cc', qw(-shared -fPIC -Wall -Werror),
           (map { "-I$nginx/src/$_" } qw(core event event/modules os/unix
                                         http http/modules http/v2)),
           '-I' . MCPTest::Tools::_objs(), "-I$root/src/api",
           '-o', "$dir/$name.so", "$dir/$name.c") == 0
        or die 'cannot compile a variant';

    return "$dir/$name.so";
}

sub refused {
    my ($name, $tools, $re, @modules) = @_;

    my $t = MCPTest->new(modules => \@modules,
                         location => "mcp; mcp_tools $tools;");
    my ($rc, $out) = $t->test_config;

    isnt($rc, 0, "$name: refused");
    unlike($out, qr/Sanitizer|signal/, "$name: in an orderly way");

    for my $r (qr/\[emerg\]/, ref $re eq 'ARRAY' ? @$re : $re) {
        like($out, $r, "$name: $r");
    }
    return;
}

my $plain = variant();

{
    my $t = MCPTest->new(modules => [$plain],
                         location => 'mcp; mcp_tools hello;');
    my ($rc, $out) = $t->test_config;

    is($rc, 0, 'a variant without mistakes is accepted');
    diag($out) if $rc;
}

refused('another API version', 'hello', [qr/version 99\b/, qr/"hello"/],
        variant('NGX_HTTP_MCP_API_VERSION', 99));
refused('another API version, not switched on', 'demo',
        [qr/version 99\b/, qr/"hello"/],
        variant('NGX_HTTP_MCP_API_VERSION', 99));
refused('a pack twice', 'hello', qr/duplicate.*"hello"/, $plain, variant());
refused('the name of a built-in pack', 'demo', qr/duplicate.*"demo"/,
        variant('VERSION, "hello"', 'VERSION, "demo"'));
refused('a pack that is not loaded', 'hello', qr/"hello".*nginx\.conf:\d+/);

refused('two tools of one name in two packs', 'hello hi',
        [qr/duplicate.*tool/, qr/"hello"/, qr/"hi"/], $plain,
        variant('VERSION, "hello"', 'VERSION, "hi"'));
refused('two tools of one name in one pack', 'hello',
        [qr/duplicate.*tool/, qr/"hello"/],
        variant("    ngx_http_mcp_null_tool\n", <<'EOC'));
    { "hello", NULL, "Another one.", "{\"type\":\"object\"}", NULL, NULL, 0,
      0, ngx_http_hello },
    ngx_http_mcp_null_tool
EOC

for my $name ('', 'a b', 'a/b', 'é', 'x' x 129) {
    my $bytes = $name;

    utf8::encode($bytes);
    refused("the name '$bytes'", 'hello', [qr/name/, qr/"hello"/],
            variant('{ "hello", "Hello"', "{ \"$bytes\", \"Hello\""));
}

for my $case (
    ['not JSON', '{', qr/./],
    ['not an object', 'true', qr/./],
    ['of another type', '{"type":"string"}', qr/object/],
    ['with a wrong keyword', '{"type":"object","required":"x"}',
     qr/required/],
    ['with a bad pattern', '{"type":"object","properties":{"x":'
     . '{"pattern":"("}}}', qr/pattern/],
    ['of another dialect', '{"type":"object",'
     . '"$schema":"https://example.com/schema"}', qr/schema/],
    ['with a remote reference', '{"type":"object","properties":{"x":'
     . '{"$ref":"https://example.com/x"}}}', qr/\$ref/],
    ['with a reference to nothing', '{"type":"object","properties":{"x":'
     . '{"$ref":"#/$defs/x"}}}', qr/\$ref/],
) {
    my ($name, $schema, $re) = @$case;

    $schema =~ s/"/\\"/g;

    for my $part (qw(input output)) {
        next if $part eq 'output' && $name =~ /object|type/;

        my $c = $part eq 'input'
            ? qq|"$schema", NULL, NULL|
            : qq|"{\\"type\\":\\"object\\"}", "$schema", NULL|;

        refused("an $part schema $name", 'hello',
                [$re, qr/tool "hello"/, qr/$part/],
                variant('{ "hello", "Hello", "Greets a person by name.",',
                        qq|{ "hi", NULL, "Hi.", "{\\"type\\":\\"object\\"}",|
                        . ' NULL, NULL, 0, 0, ngx_http_hello },'
                        . qq| { "hello", NULL, "Hello.", $c, 0, 0,|
                        . ' ngx_http_hello }, { "last", NULL, "Last.",'));
    }
}

{
    my $t = MCPTest->new(bare => 1, modules => [$plain, MCPTest::module()],
                         location => 'mcp; mcp_tools hello;');
    my ($rc, $out) = $t->test_config;

    isnt($rc, 0, 'the modules in the wrong order: refused');
    like($out, qr/undefined symbol: ngx_http_mcp_/, 'and nginx says why');
}

finish();


sub slurp {
    my ($name) = @_;

    open my $fh, '<:raw', $name or die "$name: $!";
    local $/;
    return scalar <$fh>;
}
