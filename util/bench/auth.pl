#!/usr/bin/perl

# auth.pl DIR MODULES [quick]: what it costs to know who calls, by a key and by
# a token, and to look into what goes to another server.  Run by util/bench.sh.

use warnings;
use strict;

use FindBin;
use lib $FindBin::Bin, "$FindBin::Bin/../../t/lib";

use Bench;
use Rounds;
use Digest::SHA qw/ sha256_hex /;
use MCPTest::Token;

$| = 1;

my ($dir, $modules, @words) = @ARGV;
my %opt = map { $_ => 1 } @words;
my @modules = split /,/, $modules;

my ($server_cpu, $client_cpu) = split /,/, $ENV{BENCH_CPUS} || '0,1';

my $rounds = $ENV{BENCH_ROUNDS} || ($opt{quick} ? 2 : 15);
my $seconds = $ENV{BENCH_SECONDS} || ($opt{quick} ? 1 : 2);
my @CONNECTIONS = split /,/, $ENV{BENCH_CONNECTIONS} || '1,32,256';

# other keys of the file
my $KEYS = 1000;

my $issuer = MCPTest::Token->new('ES256', kid => 'a');
my $token = $issuer->token({ sub => 'alice', aud => 'me', scope => 'read',
                             exp => time() + 86400 });

# name, address, credential, title, what it is compared with, what is asked: the
# same bytes go to an endpoint that does not look at them

my @subjects = (
    [ 'no_key', '/none', "X-API-Key: key\n", 'a key nobody asks for',
      'no_key' ],
    [ 'key', '/key', "X-API-Key: key\n", "**a key of $KEYS**", 'no_key', 0.97 ],
    [ 'no_token', '/none', "Authorization: Bearer $token\n",
      'a token nobody asks for', 'no_token' ],
    [ 'token', '/token', "Authorization: Bearer $token\n",
      '**a known token**', 'no_token', 0.95 ],
    [ 'proxy', '/proxy', '', '`proxy_pass`', 'proxy' ],
    [ 'inspect', '/inspect', '', '**`mcp_inspect`**', 'proxy', 0.85 ],
);

my %subject = map { $_->[0] => { uri => $_->[1], more => $_->[2] } } @subjects;


sub prepare {
    my ($call) = grep { $_->{name} eq 'call' } @CASES;

    my $service = start("$dir/service", $client_cpu, modules => \@modules,
                        locations => <<"EOC");
location = /mcp {
    default_type application/json;
    return 200 '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text",
"text":"{\\"sum\\":3}"}],"structuredContent":{"sum":3}}}';
}
EOC

    spew("$dir/keys", join '', map { sha256_hex($_) . " $_ read\n" }
                                   'key', 1 .. $KEYS - 1);
    spew("$dir/jwks", MCPTest::Token::set($issuer));

    my $port = start("$dir/nginx", $server_cpu, modules => \@modules,
        http => <<"EOC", locations => <<"EOL");
upstream service {
    server 127.0.0.1:$service;
    keepalive 256;
    keepalive_requests 1000000000;
}
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_buffering off;
EOC
location = /none { mcp; mcp_server bench 1.0.0; mcp_tools bench; }
location = /key {
    mcp;
    mcp_server bench 1.0.0;
    mcp_tools bench;
    mcp_api_keys $dir/keys;
}
location = /token {
    mcp;
    mcp_server bench 1.0.0;
    mcp_tools bench;
    mcp_jwt_keys $dir/jwks;
    mcp_jwt_audience me;
}
location = /proxy { proxy_pass http://service/mcp; }
location = /inspect { mcp_inspect on; proxy_pass http://service/mcp; }
EOL

    my $worker = worker($pid{"$dir/nginx"}, $port);

    for my $name (keys %subject) {
        my $s = $subject{$name};

        $s->{headers} = $call->{headers} . $s->{more};
        $s->{body} = $call->{body};

        @$s{qw/ port worker /} = ($port, $worker);
        subject("$dir/$name", $s);
        print STDERR "$name: $s->{text}\n" if $opt{quick};
    }
}


sub measure {
    my @names = map { $_->[0] } @subjects;

    for my $round (1 .. $rounds) {
        for my $n (@CONNECTIONS) {

            # nobody is always first
            push @names, shift @names;
            round($_, $subject{$_}, $client_cpu, $n, $seconds) for @names;
        }

        print STDERR "round $round of $rounds\n";
    }
}


my ($load) = split ' ', slurp('/proc/loadavg');
print "The machine is busy (load $load): the figures are not for keeping.\n"
    if $load > 0.5;

prepare();
measure();

print "2 cores: one worker of nginx on one, wrk and the service on the other. "
    . "Medians of $rounds rounds of $seconds s; in brackets, the ratio to the "
    . "same without it in the same round.\n\n";

tables(\@CONNECTIONS, [ map { [ @$_[0, 3, 4] ] } @subjects ]);

for my $s (grep { $_->[5] } @subjects) {
    my ($name, $title, $base, $least) = @$s[0, 3, 4, 5];

    for my $n (@CONNECTIONS) {
        my $rps = ratio($name, $base, $n, 'rps');

        verdict(sprintf('%s, %d connection%s, >= %.2f of without',
                        $title =~ tr/*`//dr, $n, $n > 1 ? 's' : '', $least),
                $rps >= $least, sprintf('%.2f', $rps));
    }
}

print "\n";
system("$dir/verify", $opt{quick} ? 0.2 : 2) == 0 or die "verify failed\n";
