package Bench;

# What the measurements share: the subjects, an nginx that serves them, and a
# small HTTP client.

use warnings;
use strict;

use Exporter qw/ import /;
use File::Basename qw/ dirname /;
use File::Path qw/ make_path /;
use File::Spec;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw/ sleep time /;

our @EXPORT = qw/ @CASES slurp spew free_port render start_nginx stop
                  wait_port http_open http_post http_fetch requests_write
                  lua_modules worker rss cpu_time wrk median number verdict /;

our $DIR = File::Spec->rel2abs(dirname(__FILE__));

my $meta = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",'
    . '"io.modelcontextprotocol/clientInfo":'
    . '{"name":"bench","version":"1.0.0"},'
    . '"io.modelcontextprotocol/clientCapabilities":{}}';

my $common = "Content-Type: application/json\n"
    . "Accept: application/json, text/event-stream\n";

my $modern = $common . "MCP-Protocol-Version: 2026-07-28\n";
my $legacy = $common . "MCP-Protocol-Version: 2025-11-25\n";

my $call = '"id":1,"method":"tools/call","params":{"name":"add",'
    . '"arguments":{"a":2,"b":3}';

# as a client sends it that declares all it can; a token is added to it

our %LISTEN = (
    uri => '/mcp/demo',
    headers => $modern . "Mcp-Method: subscriptions/listen\n"
        . "Accept-Language: *\nAccept-Encoding: gzip, deflate\n"
        . "Sec-Fetch-Mode: cors\nUser-Agent: node\n",
    body => '{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen",'
        . '"params":{"notifications":{"toolsListChanged":true},'
        . '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",'
        . '"io.modelcontextprotocol/clientInfo":'
        . '{"name":"bench-client","title":"Bench","version":"1.0.0"},'
        . '"io.modelcontextprotocol/clientCapabilities":{'
        . '"elicitation":{"form":{},"url":{}},'
        . '"roots":{},"sampling":{"tools":{}}}}}}'
);

our %PUBLISH = (
    uri => '/publish',
    headers => $common,
    body => '{"method":"notifications/tools/list_changed"}'
);

# name, title, location, headers, body; the limit of each case answers the
# very bytes that the module gives

our @CASES = (
    { name => 'call', title => 'tools/call, 2026-07-28', target => 0.80,
      uri => '/mcp/demo',
      headers => $modern . "Mcp-Method: tools/call\nMcp-Name: add\n",
      body => "{\"jsonrpc\":\"2.0\",$call,$meta}}" },

    { name => 'legacy', title => 'tools/call, 2025-11-25', target => 0.80,
      uri => '/mcp/demo',
      headers => $legacy,
      body => "{\"jsonrpc\":\"2.0\",$call}}" },

    { name => 'list', title => 'tools/list of 10, 2026-07-28', target => 0.90,
      uri => '/mcp/bench',
      headers => $modern . "Mcp-Method: tools/list\n",
      body => "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\","
          . "\"params\":{$meta}}" },
);


sub slurp {
    my ($name) = @_;

    open my $f, '<:raw', $name or die "$name: $!\n";
    local $/;
    return scalar <$f>;
}


sub spew {
    my ($name, @data) = @_;

    open my $f, '>:raw', $name or die "$name: $!\n";
    print $f @data;
    close $f or die "$name: $!\n";
}


# outside of the range that the kernel hands out to everybody else

sub free_port {
    for (1 .. 100) {
        my $port = 20000 + int rand 10000;
        return $port if IO::Socket::INET->new(
            Listen => 1, LocalAddr => "127.0.0.1:$port"
        );
    }

    die "no free port\n";
}


# one file of headers and one of the body for each case, for wrk

sub requests_write {
    my ($dir) = @_;

    for my $c (@CASES) {
        spew("$dir/$c->{name}.headers", $c->{headers});
        spew("$dir/$c->{name}.body", $c->{body});
    }
}


# the configuration; nginx.conf has no escape for "$" and a token of it is
# under 4096 bytes: a response that does not fit cannot be a limit

sub render {
    my (%o) = @_;

    my $l = '';
    my $text = slurp("$DIR/nginx.conf.in");

    $l .= $o{locations} // '';

    if ($o{publish}) {
        $l .= location('publish', 'mcp_publish;');
    }

    if ($o{mcp}) {
        for my $pack (qw/ demo bench /) {
            $l .= location("mcp/$pack", "mcp;\nmcp_server bench 1.0.0;\n"
                                        . "mcp_tools $pack;");
        }
    }

    for my $c (@CASES) {
        my $body = $c->{response};
        next unless defined $body;

        $body =~ s/([\\'])/\\$1/g;
        die "the response to $c->{title} does not fit in a \"return\"\n"
            if $body =~ /\$/ || length $body > 4000;

        $l .= location("limit/$c->{name}", "return 200 '$body';");
    }

    if ($o{lua}) {
        for my $era (qw/ modern legacy /) {
            $l .= location("lua/$era", "set \$bench_era $era;\n"
                                       . "content_by_lua_file $DIR/add.lua;");
        }
    }

    my %v = (
        MODULES => join('', map { "load_module $_;\n" } @{ $o{modules} }),
        AFFINITY => $o{affinity} // 'auto', HTTP => $o{http} // '',
        CONNECTIONS => $o{connections} // 1024,
        PORT => $o{port}, LOCATIONS => $l
    );

    $text =~ s/%([A-Z]+)%/$v{$1}/g;
    $text =~ s/^.*worker_(?:processes|cpu_affinity).*\n//mg if $o{single};

    return $text;
}


sub location {
    my ($uri, $text) = @_;

    $text =~ s/^/            /mg;
    return "        location = /$uri {\n$text\n        }\n\n";
}


sub lua_modules {
    my $d = '/usr/share/nginx/modules';
    return ("$d/ndk_http_module.so", "$d/ngx_http_lua_module.so");
}


# nginx in the foreground, as a child of ours

sub start_nginx {
    my (%o) = @_;

    my $dir = $o{dir};

    make_path("$dir/temp");
    spew("$dir/nginx.conf", render(%o));

    my $globals = 'daemon off;' . ($o{single} ? ' master_process off;' : '');
    my @cmd = (@{ $o{prefix} || [] }, $o{nginx} || 'nginx', '-p', "$dir/",
               '-c', 'nginx.conf', '-e', 'error.log', '-g', $globals);

    my $pid = spawn("$dir/nginx.out", @cmd);

    wait_port($pid, $o{port}, "$dir/error.log", "$dir/nginx.out");

    return $pid;
}


sub spawn {
    my ($out, @cmd) = @_;

    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>&', \*STDOUT;
        exec @cmd or POSIX::_exit(127);
    }

    return $pid;
}


sub wait_port {
    my ($pid, $port, @logs) = @_;

    my $end = time() + 60;

    while (time() < $end) {
        return if IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port");

        if (waitpid($pid, POSIX::WNOHANG()) == $pid) {
            die join('', map { -f $_ ? slurp($_) : () } @logs),
                "the server did not start\n";
        }

        sleep(0.05);
    }

    kill 'TERM', $pid;
    die "nobody listens on port $port\n";
}


sub stop {
    my ($pid, $signal) = @_;

    # a lone process may go to sleep between a signal and its test of it

    do {
        kill $signal || 'TERM', $pid;
        sleep(0.05);
    } until waitpid($pid, POSIX::WNOHANG()) != 0;
}


# the only worker of an nginx, once it has answered: the port is open before
# there is one

sub worker {
    my ($pid, $port) = @_;

    http_post(http_open($port), '/', { headers => '', body => '' });

    my ($worker) = split ' ', slurp("/proc/$pid/task/$pid/children");

    return $worker;
}


# kilobytes: resident, and that part of it which is not backed by files

sub rss {
    my ($pid) = @_;

    my $s = slurp("/proc/$pid/status");
    my ($rss) = $s =~ /^VmRSS:\s+(\d+)/m;
    my ($anon) = $s =~ /^RssAnon:\s+(\d+)/m;

    return ($rss, $anon);
}


# seconds that all threads of a process have run

sub cpu_time {
    my ($pid) = @_;

    my $sum = 0;

    for my $f (glob "/proc/$pid/task/*/schedstat") {
        $sum += (split ' ', slurp($f))[0];
    }

    return $sum / 1e9;
}


sub http_open {
    my ($port) = @_;

    return IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
        || die "connect to port $port: $!\n";
}


# the bytes of a request

sub request {
    my ($uri, $case) = @_;

    my $headers = $case->{headers};

    $headers =~ s/\n/\r\n/g;

    return "POST $uri HTTP/1.1\r\nHost: localhost\r\n$headers"
        . 'Content-Length: ' . length($case->{body}) . "\r\n\r\n$case->{body}";
}


# one request on an open connection: the status line and headers, the body,
# the length of all

sub http_post {
    my ($s, $uri, $case) = @_;

    my $in = '';

    $s->syswrite(request($uri, $case));

    while ($in !~ /\r\n\r\n/) {
        $s->sysread($in, 65536, length $in) or die "POST $uri: closed\n";
    }

    my ($head, $body) = split /\r\n\r\n/, $in, 2;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;
    my $chunked = $head =~ /^Transfer-Encoding: chunked/mi;

    while ($chunked ? $body !~ /(?:^|\r\n)0\r\n\r\n\z/
                    : length $body < $length)
    {
        $s->sysread($body, 65536, length $body)
            or die "POST $uri: closed\n";
    }

    my $total = length($head) + 4 + length($body);

    $body = unchunk($body) if $chunked;

    return ($head, $body, $total);
}


sub unchunk {
    my ($in) = @_;

    my $out = "";

    while ($in =~ s/^([0-9a-f]+)\r\n//i && hex $1) {
        $out .= substr($in, 0, hex $1);
        substr($in, 0, hex($1) + 2) = "";
    }

    return $out;
}


# a 200 and its body, or death

sub http_fetch {
    my ($port, $uri, $case) = @_;

    my ($head, $body, $total) = http_post(http_open($port), $uri, $case);

    die "POST $uri:\n$head\n\n$body\n" unless $head =~ m{^HTTP/1.1 200 };

    return wantarray ? ($body, $total) : $body;
}


# one run of wrk on its own core

sub wrk {
    my (%o) = @_;

    my @cmd = ('taskset', '-c', $o{cpu}, 'wrk', '-t1', "-c$o{connections}",
               "-d$o{seconds}s", '--timeout', '10s', '-s', "$DIR/$o{script}",
               "http://127.0.0.1:$o{port}$o{uri}", '--', @{ $o{args} });

    local $ENV{BENCH_COMPARE} = 1 if $o{compare};

    open my $f, '-|', @cmd or die "wrk: $!\n";
    my $out = do { local $/; <$f> };
    close $f;

    my ($line) = $out =~ /^BENCH (.*)$/m or die "wrk failed:\n$out\n";
    my %r = $line =~ /(\w+)=(-?\d+)/g;

    die "$o{uri}: not all responses were right: $line\n"
        if $r{status} || $r{socket} || $r{wrong};

    return \%r;
}


sub median {
    my @v = sort { $a <=> $b } @_;
    return @v % 2 ? $v[$#v / 2] : ($v[@v / 2 - 1] + $v[@v / 2]) / 2;
}


sub number {
    my $n = sprintf '%.0f', shift;
    1 while $n =~ s/^(\d+)(\d{3})/$1,$2/;
    return $n;
}


sub verdict {
    my ($what, $ok, $seen) = @_;

    printf "%-11s %s: %s\n", $ok ? 'PASS' : 'FALLS SHORT', $what, $seen;
}


1;
