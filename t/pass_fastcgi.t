#!/usr/bin/perl

# Tools that are FastCGI programs: what they get, byte by byte.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;

use JSON::PP ();

plan(skip_all => 'no FCGI (libfcgi-perl)') if !eval { require FCGI; 1 };
plan(skip_all => 'no FastCGI in nginx') if !MCPTest::_has('fastcgi');

my $t = MCPTest->new(
    server => <<'EOC',
location /cgi/ {
    internal;
    fastcgi_pass unix:%%DIR%%/socket;
    fastcgi_split_path_info ^(/cgi)(/.*)$;
    fastcgi_param REQUEST_METHOD $request_method;
    fastcgi_param REQUEST_URI $request_uri;
    fastcgi_param QUERY_STRING $query_string;
    fastcgi_param SCRIPT_NAME $fastcgi_script_name;
    fastcgi_param PATH_INFO $fastcgi_path_info;
    fastcgi_param CONTENT_TYPE $content_type;
    fastcgi_param CONTENT_LENGTH $content_length;
    fastcgi_param SERVER_PROTOCOL $server_protocol;
    fastcgi_param REMOTE_ADDR $remote_addr;
    fastcgi_param MCP_CONSUMER $mcp_consumer;
    fastcgi_param MCP_TOOL $mcp_tool;
}
EOC
    location => <<'EOC',
mcp;
mcp_consumer $http_x_consumer;
mcp_tool get {
    description "looks at its environment";
    arg v string required;
    arg q string;
    pass GET "/cgi/a/{v}{?q}";
    header X-Arg "<{v}>";
}
mcp_tool post {
    description "reads its input";
    arg n number required;
    arg s string;
    pass POST /cgi/post;
}
mcp_tool status {
    description "an error of its own";
    arg s integer required;
    pass GET "/cgi/status/{s}";
}
mcp_tool dies { description "ends without an answer"; pass GET /cgi/dies; }
mcp_tool large { description "says much"; pass GET /cgi/large; result text; }
mcp_tool quiet { description "nothing but a header"; pass GET /cgi/quiet; }
EOC
);

my $program = program($t->path('socket'));

$t->start;


# a program that ends with the test

sub program {
    my ($path) = @_;

    my $socket = FCGI::OpenSocket($path, 100);

    chmod 0666, $path;

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        open STDOUT, '>', '/dev/null';
        alarm 420;

        serve($socket) while 1;
    }

    FCGI::CloseSocket($socket);
    return $pid;
}


sub serve {
    my ($socket) = @_;

    my %env;
    my ($in, $out, $err) = map { IO::Handle->new } 1 .. 3;
    my $request = FCGI::Request($in, $out, $err, \%env, $socket, 0);

    while ($request->Accept >= 0) {
        my $body = do { local $/; <$in> } // '';
        my $what = $env{PATH_INFO} // '';

        if ($what =~ m{^/status/(\d+)}) {
            print $out "Status: $1\r\nContent-Type: application/json\r\n\r\n",
                       '{"why":"because"}';

        } elsif ($what eq '/dies') {
            print $err "this is why\n";

        } elsif ($what eq '/large') {
            print $out "Content-Type: text/plain\r\n\r\n";
            print $out 'x' x 1000, "\n" for 1 .. 300;

        } elsif ($what eq '/quiet') {
            print $out "Status: 204\r\n\r\n";

        } else {
            print $out "Content-Type: application/json; charset=utf-8\r\n\r\n",
                JSON::PP->new->latin1->canonical
                    ->encode({ env => \%env, body => $body });
        }
    }

    return;
}


sub env {
    my ($tool, $arguments) = @_;

    my $r = $t->call($tool, $arguments, headers => {
        Authorization => 'Bearer secret', Cookie => 'a=secret',
        'X-Consumer' => 'alice', Proxy => 'http://secret/',
        'X-Secret' => 'secret', 'Accept-Encoding' => 'gzip' });

    ok_result($r, "$tool: a result");
    return $r->result->{structuredContent} || {};
}


my $got = env('get', { v => '../a b/?x=1#%2e', q => 'c&d=e+%00' });
my $env = $got->{env};
my $path = '..%2Fa%20b%2F%3Fx%3D1%23%252e';

is($env->{REQUEST_METHOD}, 'GET', 'REQUEST_METHOD');
is($env->{QUERY_STRING}, 'q=c%26d%3De%2B%2500', 'QUERY_STRING');
is($env->{REQUEST_URI}, "/cgi/a/$path?$env->{QUERY_STRING}", 'REQUEST_URI');
is($env->{SCRIPT_NAME}, '/cgi', 'SCRIPT_NAME');
is($env->{PATH_INFO}, "/a/$path", 'PATH_INFO is as it was encoded');
is($env->{MCP_CONSUMER}, 'alice', '$mcp_consumer');
is($env->{MCP_TOOL}, 'get', '$mcp_tool');
is($env->{HTTP_X_ARG}, '<../a b/?x=1#%2e>', 'a header of the tool');
is($env->{CONTENT_LENGTH}, '', 'no body');
is($got->{body}, '', 'none');
is(join(' ', grep { /^HTTP_/ } sort keys %$env), 'HTTP_ACCEPT HTTP_HOST'
   . ' HTTP_X_ARG', 'no header of the client') or diag(explain($env));
unlike(join(' ', values %$env), qr/secret/, 'nor what was in one');

$got = env('post', { n => raw('12345678901234567890.10'), s => "\x{e9}\n" });
is($got->{body}, qq({"n":12345678901234567890.10,"s":"\x{e9}\\n"}),
   'a body, number by number');
is($got->{env}{CONTENT_LENGTH}, 1 + length $got->{body}, 'CONTENT_LENGTH');
is($got->{env}{CONTENT_TYPE}, 'application/json', 'CONTENT_TYPE');

ok_tool_error($t->call('status', { s => 404 }), qr/404.*because/s,
              'a status of its own');
ok_tool_error($t->call('status', { s => 500 }), qr/500.*because/s, 'another');
ok_tool_error($t->call('dies', {}), qr/broke off/,
              'a program that dies');

my $r = $t->call('large', {});

ok_result($r, 'much output');
is(length $r->text, 300 * 1001, 'complete');
ok_result($t->call('quiet', {}), 'no content');

my @many = map { $t->call('get', { v => "v$_" }) } 1 .. 20;

is(join(' ', map { $_->result->{structuredContent}{env}{PATH_INFO} =~ /(\d+)/ }
             @many), join(' ', 1 .. 20), 'one after the other');

kill 'TERM', $program;
waitpid $program, 0;
undef $program;
ok_tool_error($t->call('get', { v => 'x' }), qr/reach/,
              'nobody listens');

finish();

END { kill 'TERM', $program if $program; }
