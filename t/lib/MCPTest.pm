package MCPTest;

# Test harness: runs nginx with the module, talks to it, reads its logs.
#
# Copyright (C) the ngx_http_mcp_module authors

=head1 SYNOPSIS

    use FindBin;
    use lib "$FindBin::Bin/lib";
    use MCPTest;

    my $t = MCPTest->new(location => 'mcp; mcp_tools demo;')->start;

    my $r = $t->call('add', { a => 1, b => 2 });
    ok_result($r, 'add is answered');
    is($r->result->{structuredContent}{sum}, 3, 'and adds');

    ok_error($t->rpc('no/such'), 404, -32601, 'unknown method');

    finish();

=head1 ENVIRONMENT

    TEST_NGINX_BINARY    nginx to run (nginx)
    TEST_NGINX_MODULE    the module (build/ngx_http_mcp_module.so)
    TEST_NGINX_SANITIZE  true for a build with ASan and UBSan
    TEST_NGINX_LEAVE     true to keep the temporary directories
    TEST_WORKERS         worker_processes (1)

=head1 SERVER

C<MCPTest-E<gt>new(%options)> writes the configuration, C<start> runs it. The
values are configuration text in which C<%%PORT_0%%> to C<%%PORT_9%%> and
C<%%DIR%%> are replaced; all ports are free ones of 127.0.0.1.

    location  inside of "location = /mcp" ("mcp; mcp_tools demo text;")
    server    more of the server block, which listens on %%PORT_0%%
    listen    parameters of its "listen" ("http2", "ssl" ...)
    http      more of http, before the server
    servers   all server blocks, instead of the default one
    main      more of the main level
    events    more of events
    modules   more modules to load, a list of paths
    bare      true to leave out the module itself
    files     { name => content }, written to %%DIR%%
    workers   worker_processes
    expect    list of qr//: lines of the error log that would fail the test
              and are expected; each has to appear
    cert      true to have %%DIR%%/cert.pem and %%DIR%%/key.pem

    start             ready when it returns; dies if nginx refuses to
    test_config       runs nginx -t: (exit status, output)
    stop  reload      reload(%options) rewrites what is given, then waits for
                      the old workers to be gone; reload(fails => qr//) for
                      that line; reload(wait => 0) for the new workers only
    signal(NAME)      to the master
    worker_pids  port(N)  dir  path(FILE)  error_log  slurp(FILE)
    write_file(NAME, CONTENT)
    wait_log(qr//)    waits for a line of the error log
    wait_lines(FILE, N)  waits for N lines in a file, returns them

=head1 CLIENT

    rpc(METHOD, PARAMS, %options)     one modern request
    call(TOOL, ARGUMENTS, %options)   modern tools/call
    legacy(METHOD, PARAMS, %options)  one legacy request
    legacy_call(TOOL, ARGUMENTS, %options)

        id       1; undef for a notification; raw('12345678901234567890')
        version  of the header and, modern, of _meta; undef for none
        meta     modern: { name => value } instead of the defaults, undef to
                 remove, names without "io.modelcontextprotocol/" unless they
                 have a slash or are progressToken; meta => undef for no
                 _meta at all
        headers  { name => value }: undef removes, a list repeats; keeps the
                 spelling
        body     these bytes instead of the message
        wire     code that gets the bytes of the request and returns the
                 packets to send
        uri  port  method

    request_bytes(METHOD, PARAMS, %options)  what rpc() sends
    legacy_bytes(METHOD, PARAMS, %options)   what legacy() sends
    post(BODY, %options)              any POST: uri, port, headers, method
    http_bytes(%options)              method, uri, headers, body, chunked
    exchange(BYTES or [PACKETS])      on a new connection, one response
    connect(PORT)                     a MCPTest::HTTP connection

    curl(%options)  through curl, for HTTP/2 and TLS: args (a list), body,
                    headers (a list of names and values), uri, scheme, port
    curl_rpc(METHOD, PARAMS, %options)  also era => 'legacy'
    curl_many([URIS], METHOD, PARAMS, %options)  in parallel: a list of
                    "status version"

C<raw(TEXT)>, the exported function, is JSON as written inside of PARAMS.

A response has status, header(NAME), headers(NAME) as a list, body, json,
result, error, code (of the error), text (of the first content item), version.

=head1 CHECKS

    ok_result(R, NAME)                200 and a well formed result
    ok_error(R, STATUS, CODE, NAME)   and a well formed error; STATUS may be
                                      a list reference
    ok_tool_error(R, qr//, NAME)      a result with isError: true
    ok_accepted(R, NAME)              202 without a body
    finish()                          stops all, checks logs, done_testing

=cut

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp ();
use IO::Socket::INET ();
use IPC::Open3 qw(open3);
use JSON::PP ();
use POSIX ();
use Scalar::Util qw(weaken);
use Test::More;
use Time::HiRes ();

use MCPTest::HTTP;
use MCPTest::Message qw(raw encode_json_text message headers_of);

our @EXPORT = (@Test::More::EXPORT, qw(
    raw true false encode_json_text ok_result ok_error ok_tool_error
    ok_accepted finish wait_until
));

my $root = abs_path(dirname(__FILE__) . '/../..');
my @servers;

# lines no server may write; a worker that died of a sanitizer exits with 1
my $bad = qr/\[(?:alert|emerg|crit)\]|exited \s on \s signal
             |exited \s with \s code \s [1-9]|AddressSanitizer|LeakSanitizer
             |UndefinedBehaviorSanitizer|runtime \s error:/x;

$SIG{PIPE} = 'IGNORE';
$SIG{$_} = sub { exit 130 } for qw(INT TERM HUP);


sub true  { return JSON::PP::true() }
sub false { return JSON::PP::false() }

sub binary { return $ENV{TEST_NGINX_BINARY} || 'nginx' }

sub module {
    my $path = $ENV{TEST_NGINX_MODULE} || "$root/build/ngx_http_mcp_module.so";
    return abs_path($path) || $path;
}

sub root     { return $root }
sub sanitize { return $ENV{TEST_NGINX_SANITIZE} }
sub patience { return sanitize() ? 60 : 20 }


sub wait_until {
    my ($code, $seconds) = @_;

    my $end = Time::HiRes::time() + ($seconds || patience());
    my $rc;

    until ($rc = $code->()) {
        return $rc if Time::HiRes::time() > $end;
        select undef, undef, undef, 0.01;
    }

    return $rc;
}


sub new {
    my ($class, %option) = @_;

    plan(skip_all => 'no module ' . module())
        if !$option{bare} && !-e module();

    my $self = bless {
        option => \%option,
        tmp    => File::Temp->newdir('mcp-test-XXXXXX', TMPDIR => 1,
                                     CLEANUP => !$ENV{TEST_NGINX_LEAVE}),
        expect => [@{ $option{expect} || [] }],
        owner  => $$,
    }, $class;

    $self->{dir} = abs_path("$self->{tmp}");
    diag("kept: $self->{dir}") if $ENV{TEST_NGINX_LEAVE};

    $self->_choose_ports;
    $self->make_cert if $option{cert};
    $self->_write_all;

    return $self;
}


# Below the range of ports that the kernel gives to clients, so that only
# another test can be in the way; start() tries again in this case.

sub _choose_ports {
    my ($self) = @_;

    my %seen;

    while (keys %seen < 10) {
        my $port = 10000 + int rand 22000;

        # clients of the web refuse it
        next if $port == 10080;

        my $s = IO::Socket::INET->new(
            Listen => 1, LocalAddr => '127.0.0.1', LocalPort => $port,
            ReuseAddr => 1) or next;

        $seen{$port} = 1;
    }

    $self->{ports} = [keys %seen];
    return;
}


sub dir  { return $_[0]{dir} }
sub port { return $_[0]{ports}[$_[1] || 0] }
sub path { return "$_[0]{dir}/$_[1]" }


sub write_file {
    my ($self, $name, $content) = @_;

    open my $fh, '>:raw', $self->path($name) or croak "$name: $!";
    print $fh $self->_expand($content);
    close $fh or croak "$name: $!";
    return;
}


sub slurp {
    my ($self, $name) = @_;

    open my $fh, '<:raw', $self->path($name) or return '';
    local $/;
    return scalar(<$fh>) // '';
}


sub error_log { return $_[0]->slurp('error.log') }


sub _expand {
    my ($self, $text) = @_;

    $text =~ s/%%PORT_(\d)%%/$self->port($1)/ge;
    $text =~ s/%%DIR%%/$self->{dir}/g;
    return $text;
}


sub make_cert {
    my ($self) = @_;

    my ($rc, $out) = _run('openssl', qw(req -x509 -newkey ec -pkeyopt
        ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost
        -addext), 'subjectAltName=DNS:localhost,IP:127.0.0.1',
        '-keyout', $self->path('key.pem'), '-out', $self->path('cert.pem'));

    croak "openssl: $out" if $rc;
    return;
}


sub _write_all {
    my ($self) = @_;

    my $files = $self->{option}{files} || {};

    $self->write_file($_, $files->{$_}) for keys %$files;
    $self->write_file('nginx.conf', $self->_conf);
    return;
}


sub _conf {
    my ($self) = @_;

    my %o = %{ $self->{option} };
    my $workers = $o{workers} || $ENV{TEST_WORKERS} || 1;
    my $user = $> == 0 ? 'user root;' : '';
    my $load = join "\n", map { "load_module $_;" }
        ($o{bare} ? () : module(), @{ $o{modules} || [] });
    my $temp = join "\n    ", map { "${_}_temp_path %%DIR%%/$_;" }
        grep { _has($_) } qw(client_body proxy fastcgi uwsgi scgi);

    $_ //= '' for @o{qw(main events http server listen)};
    $o{location} //= 'mcp; mcp_tools demo text;';
    $o{servers} //= <<"EOC";
server {
    listen 127.0.0.1:%%PORT_0%% $o{listen};
    server_name localhost;

$o{server}

    location = /mcp {
$o{location}
    }
}
EOC

    return <<"EOC";
daemon off;
$user
pid %%DIR%%/nginx.pid;
error_log %%DIR%%/error.log info;
worker_processes $workers;
$load
$o{main}
events {
    worker_connections 512;
$o{events}
}

http {
    $temp
    access_log off;
$o{http}

$o{servers}
}
EOC
}


my $built;

sub _has {
    my ($module) = @_;

    $built //= (_run(binary(), '-V'))[1];
    return $built !~ /--without-http_${module}_module/;
}


# (exit status, standard output and error together)

sub _run {
    my @command = @_;

    my $pid = open3(my $in, my $out, undef, @command);
    close $in;
    my $text = do { local $/; <$out> };
    waitpid $pid, 0;
    return ($? >> 8 || $? & 127, $text // '');
}


sub _sanitizer_environment {
    my ($self, $leaks) = @_;

    my $log = 'log_path=' . $self->path('sanitizer');

    # every dynamic module has an ngx_modules: that is no violation
    return (
        ASAN_OPTIONS  => "$log:detect_leaks=$leaks:detect_odr_violation=0"
                         . ':detect_stack_use_after_return=1'
                         . ':strict_string_checks=1:handle_abort=1',
        LSAN_OPTIONS  => "suppressions=$root/t/lib/lsan.supp"
                         . ':print_suppressions=0',
        UBSAN_OPTIONS => "$log:print_stacktrace=1:halt_on_error=0",
    );
}


sub test_config {
    my ($self) = @_;

    # nginx -t leaves its memory to the end of the process
    local %ENV = (%ENV, $self->_sanitizer_environment(0));

    return _run(binary(), '-t', '-q', '-e', 'stderr', '-p', $self->dir, '-c',
                $self->path('nginx.conf'));
}


sub start {
    my ($self) = @_;

    push @servers, $self unless grep { $_ == $self } @servers;

    for my $try (1 .. 5) {
        $self->_spawn;

        return $self if $self->_wait_ready;

        my $text = $self->slurp('stderr') . $self->error_log;

        croak "nginx did not start:\n$text" if $text !~ /Address already/;

        unlink map { $self->path($_) } qw(stderr error.log);
        $self->_choose_ports;
        $self->_write_all;
    }

    croak 'no free port';
}


sub _spawn {
    my ($self) = @_;

    my $pid = fork // croak "fork: $!";

    if ($pid == 0) {
        local %ENV = (%ENV, $self->_sanitizer_environment(1));
        open STDIN, '<', '/dev/null';
        open STDERR, '>>', $self->path('stderr');
        open STDOUT, '>&', \*STDERR;
        exec binary(), '-e', $self->path('error.log'), '-p', $self->dir, '-c',
             $self->path('nginx.conf') or POSIX::_exit(127);
    }

    $self->{pid} = $pid;
    return;
}


# The sockets listen before the workers are there: wait for them too, since a
# test may want to know them.

sub _wait_ready {
    my ($self) = @_;

    my $n = $self->{option}{workers} || $ENV{TEST_WORKERS} || 1;

    $n = 0 if ($self->{option}{main} // '') =~ /master_process\s+off/;

    return wait_until(sub {
        if (waitpid($self->{pid}, POSIX::WNOHANG()) == $self->{pid}) {
            delete $self->{pid};
            return 'dead';
        }

        return $self->worker_pids >= $n
               && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                        PeerPort => $self->port) && 'ready';
    }) eq 'ready';
}


# those of the newest generation

sub worker_pids {
    my ($self) = @_;

    my ($newest) = $self->error_log =~ /.*: start worker processes\n(.*)/s;
    my @pids = ($newest // '') =~ /start worker process (\d+)/g;
    return @pids;
}


sub signal {
    my ($self, $name) = @_;

    kill $name, $self->{pid} if $self->{pid};
    return;
}


sub wait_log {
    my ($self, $re) = @_;
    return wait_until(sub { $self->error_log =~ $re });
}


sub wait_lines {
    my ($self, $name, $n) = @_;

    my @lines;
    wait_until(sub { @lines = split /\n/, $self->slurp($name); @lines >= $n });
    return @lines;
}


sub reload {
    my ($self, %change) = @_;

    my $fails = delete $change{fails};
    my $wait = delete $change{wait} // 1;
    my @old = $self->worker_pids;
    my $size = length $self->error_log;

    if (%change) {
        $self->{option} = { %{ $self->{option} }, %change };
        $self->_write_all;
    }

    $self->signal('HUP');

    return wait_until(sub {
        my $log = substr $self->error_log, $size;

        return $log =~ $fails if $fails;

        return 0 if $log !~ /start worker process \d/;
        return 1 if !$wait;
        return !grep { $log !~ /worker process $_ exited with code 0/ } @old;
    });
}


sub stop {
    my ($self, $signal) = @_;

    my $pid = $self->{pid} or return 1;
    my $gone = 0;

    $_->close for grep { $_ } @{ delete $self->{connections} || [] };

    for my $name ($signal || 'QUIT', 'TERM', 'KILL') {
        kill $name, $pid;

        if (wait_until(sub { waitpid($pid, POSIX::WNOHANG()) == $pid })) {
            $gone = $name eq ($signal || 'QUIT');
            last;
        }
    }

    delete $self->{pid};
    return $gone;
}


# the lines that must not be there, and the expected ones that are missing

sub complaints {
    my ($self) = @_;

    my @text = ($self->error_log, $self->slurp('stderr'));
    opendir my $dh, $self->dir;
    push @text, map { $self->slurp($_) } grep { /^sanitizer/ } readdir $dh;

    my @lines = map { split /\n/ } @text;
    my @bad = grep { /$bad/ } @lines;

    for my $expected (@{ $self->{expect} }) {
        push @bad, "missing: $expected" if !grep { $_ =~ $expected } @bad;
        @bad = grep { $_ !~ $expected } @bad;
    }

    return @bad if !grep { /Sanitizer|runtime error/ } @bad;
    return grep { /$bad|^\s*#\d+ / } @lines;
}


sub expect {
    my ($self, @re) = @_;

    push @{ $self->{expect} }, @re;
    return;
}


sub finish {
    for my $server (splice @servers) {
        ok($server->stop, 'nginx stopped');
        my @bad = $server->complaints;
        ok(!@bad, 'error log is clean');
        diag(join "\n", @bad[0 .. ($#bad > 40 ? 40 : $#bad)]) if @bad;
    }

    done_testing();
    return;
}


END {
    my $rc = $?;

    for my $server (grep { $_->{owner} == $$ } splice @servers) {
        $server->stop('TERM');
        diag($_) for $server->complaints;
    }

    $? = $rc;
}


# --- client

sub connect {
    my ($self, $port) = @_;

    my $c = MCPTest::HTTP->new($port || $self->port, patience());

    push @{ $self->{connections} }, $c;
    weaken($self->{connections}[-1]);
    return $c;
}


sub exchange {
    my ($self, $packets, %o) = @_;

    my $c = $self->connect($o{port});
    $c->send(ref $packets ? @$packets : $packets);
    return $c->response($o{method});
}


sub http_bytes {
    my ($self, %o) = @_;
    return MCPTest::HTTP::request_bytes(%o);
}


sub _send {
    my ($self, $bytes, %o) = @_;

    my @packets = $o{wire} ? $o{wire}->($bytes) : ($bytes);
    return $self->exchange(\@packets, %o);
}


sub post {
    my ($self, $body, %o) = @_;
    return $self->_send($self->http_bytes(
        method => 'POST', %o, body => $body, headers => headers_of(\%o)), %o);
}


sub request_bytes {
    my ($self, $method, $params, %o) = @_;

    my ($body, $headers) = message('modern', $method, $params, %o);
    return $self->http_bytes(method => 'POST', %o, body => $body,
                             headers => $headers);
}


sub legacy_bytes {
    my ($self, $method, $params, %o) = @_;

    my ($body, $headers) = message('legacy', $method, $params, %o);
    return $self->http_bytes(method => 'POST', %o, body => $body,
                             headers => $headers);
}


sub rpc {
    my ($self, $method, $params, %o) = @_;
    return $self->_send($self->request_bytes($method, $params, %o), %o);
}


sub legacy {
    my ($self, $method, $params, %o) = @_;
    return $self->_send($self->legacy_bytes($method, $params, %o), %o);
}


sub _arguments {
    my ($tool, $arguments) = @_;
    return { name => $tool,
             defined $arguments ? (arguments => $arguments) : () };
}


sub call {
    my ($self, $tool, $arguments, %o) = @_;
    return $self->rpc('tools/call', _arguments($tool, $arguments), %o);
}


sub legacy_call {
    my ($self, $tool, $arguments, %o) = @_;
    return $self->legacy('tools/call', _arguments($tool, $arguments), %o);
}


sub curl {
    my ($self, %o) = @_;

    my $url = ($o{scheme} || 'http') . '://127.0.0.1:'
              . ($o{port} || $self->port) . ($o{uri} || '/mcp');
    my @command = (qw(curl -sS -k --noproxy * --max-time), patience(),
                   '-D', $self->path('curl.head'),
                   '-o', $self->path('curl.body'),
                   '-w', '%{http_version}', @{ $o{args} || [] });
    my @headers = @{ $o{headers} || [] };

    while (my ($name, $value) = splice @headers, 0, 2) {
        push @command, '-H', defined $value ? "$name: $value" : "$name:";
    }

    if (defined $o{body}) {
        $self->write_file('curl.data', '');
        open my $fh, '>:raw', $self->path('curl.data') or croak $!;
        print $fh $o{body};
        close $fh;
        push @command, '--data-binary', '@' . $self->path('curl.data');
    }

    unlink map { $self->path("curl.$_") } qw(head body);
    my ($rc, $out) = _run(@command, $url);
    my ($version) = $out =~ /([\d.]+)\z/;

    return MCPTest::HTTP::Response->parse($self->slurp('curl.head'),
        $self->slurp('curl.body'), curl => $rc, version => $version,
        problem => $out);
}


sub curl_rpc {
    my ($self, $method, $params, %o) = @_;

    my ($body, $headers) = message($o{era} || 'modern', $method, $params, %o);
    return $self->curl(%o, body => $body, headers => $headers);
}


# One request to each address, over as few connections as curl needs: a list
# of "status version".

sub curl_many {
    my ($self, $uris, $method, $params, %o) = @_;

    my ($body, $headers) = message('modern', $method, $params, %o);
    my @headers = @$headers;
    my @command = (qw(curl -sS -k -Z --noproxy *), @{ $o{args} || [] },
                   '-w', '%{http_code} %{http_version}\n');

    while (my ($name, $value) = splice @headers, 0, 2) {
        push @command, '-H', "$name: $value";
    }

    my $base = ($o{scheme} || 'http') . '://127.0.0.1:' . $self->port;
    my ($rc, $out) = _run(@command, '--data-binary', $body,
        map { ('-o', '/dev/null', "$base$_") } @$uris);

    return [grep { /^\d+ [\d.]+$/ } split /\n/, $out];
}


# --- checks; each is one test

sub _broken {
    my ($r, $status) = @_;

    return 'no response: ' . ($r->problem // '') if !$r->status;
    my @status = ref $status ? @$status : $status;
    return "status not @status: " . $r->status . ' ' . $r->body
        if !grep { $r->status == $_ } @status;
    return 'content type ' . ($r->header('Content-Type') // 'none')
        if ($r->header('Content-Type') // '') ne 'application/json';
    return 'content length' if !defined $r->header('Content-Length');
    return 'more than one line' if $r->body =~ /\n/;
    return 'not JSON: ' . $r->body if ref $r->json ne 'HASH';
    return 'jsonrpc' if ($r->json->{jsonrpc} // '') ne '2.0';
    return 'id is null' if exists $r->json->{id} && !defined $r->json->{id};
    return;
}


sub _verdict {
    my ($r, $name, $why) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 2;

    my $ok = ok(!defined $why, $name);
    diag($why) if !$ok;
    return $ok;
}


sub ok_result {
    my ($r, $name) = @_;

    my $why = _broken($r, 200);
    $why //= 'no result: ' . $r->body if !$r->result;
    $why //= 'an error too' if $r->error;
    $why //= 'isError: ' . $r->body if $r->result && $r->result->{isError};
    return _verdict($r, $name, $why);
}


sub ok_tool_error {
    my ($r, $re, $name) = @_;

    my $why = _broken($r, 200);
    $why //= 'not an error of the tool: ' . $r->body
        if !$r->result || !$r->result->{isError};
    $why //= 'text: ' . $r->body if $r->text !~ $re;
    return _verdict($r, $name, $why);
}


sub ok_error {
    my ($r, $status, $code, $name) = @_;

    my $why = _broken($r, $status);
    $why //= 'no error: ' . $r->body if !$r->error;
    $why //= 'a result too' if $r->result;
    $why //= "code, not $code: " . $r->body if $r->error
                                               && $r->code ne $code;
    $why //= 'no message' if $r->error && !length $r->error->{message};
    return _verdict($r, $name, $why);
}


sub ok_accepted {
    my ($r, $name) = @_;

    my $why;
    $why = 'status ' . ($r->status // 'none') if ($r->status // 0) != 202;
    $why //= 'a body: ' . $r->body if length $r->body;
    return _verdict($r, $name, $why);
}


1;
