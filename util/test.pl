#!/usr/bin/perl

# Runs what util/test.sh has built, two tests at a time; run by that script.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use TAP::Harness;

# of one test program, in seconds
use constant TIMEOUT => 420;

# of what a failed one has to say, in lines
use constant LAST => 100;

my $top = abs_path(dirname(__FILE__) . '/..');
my $build = $ENV{BUILD_DIR};
my $logs = "$build/log";

my %plain = (
    TEST_NGINX_MODULE => "$build/ngx_http_mcp_module.so",
);

my %sanitize = (
    TEST_NGINX_BINARY   => "$build/sanitize/nginx",
    TEST_NGINX_MODULE   => "$build/sanitize/ngx_http_mcp_module.so",
    TEST_NGINX_SANITIZE => 1,
);

# name => command
my %command;
my @names;


# what a test says on stderr is kept, and shown at the end if it fails

sub errors {
    my ($name) = @_;

    return "$logs/" . $name =~ s/\W+/-/gr;
}


sub add {
    my ($name, $env, @run) = @_;

    push @names, $name;
    $command{$name} = ['sh', '-c', 'exec "$@" 2>"$0"', errors($name),
                       'timeout', '-k', 10, TIMEOUT, 'env',
                       (map { "$_=$env->{$_}" } sort keys %$env), @run];
    return;
}


# a script that builds test programs and prints their paths

sub add_programs {
    my ($script) = @_;

    open my $out, '-|', $script, 'build' or die "$script: $!\n";
    chomp(my @path = <$out>);

    if (close $out) {
        add(join('/', (split m{/})[-2, -1]), {}, $_) for @path;

    } else {
        add("$script build", {}, $script, 'build');
    }

    return;
}


chdir $top or die "$top: $!\n";

make_path($logs);

my @tests = sort glob 't/*.t';
my @slow = grep { m{/(?:conformance|sdk_)} } @tests;

# the long ones first
add($_, {}, 'bash', $_) for sort glob 'util/check-*.sh';
add("$_ (4 workers)", { %plain, TEST_WORKERS => 4 }, 'perl', $_) for @slow;
add("$_ (sanitized)", { %sanitize, TEST_WORKERS => 4 }, 'perl', $_) for @tests;
add($_, \%plain, 'perl', $_) for @tests;

add_programs('util/unit.sh');
add_programs('util/fuzz.sh');

my $harness = TAP::Harness->new({
    jobs  => 2,
    timer => 1,
    exec  => sub { $command{$_[1]} },
});

my $all = $harness->runtests(@names);

my ($passed, $failed) = (0, 0);
my @failed;

for my $name (@names) {
    my ($parser) = $all->parsers($name);
    my $reason = $parser->skip_all;

    print "skipped: $name: $reason\n" if $reason;
    print "skipped: $name: ", scalar $parser->skipped, " tests\n"
        if $parser->skipped;

    push @failed, $name if $parser->has_problems;
    $passed += $parser->passed;
    $failed += $parser->failed || ($parser->has_problems ? 1 : 0);
}

for my $name (@failed) {
    open my $fh, '<', errors($name) or die errors($name), ": $!\n";
    my @lines = <$fh>;

    print "\nfailed: $name\n";
    print @lines > LAST ? @lines[-LAST() .. -1] : @lines;
}

print "$passed passed, $failed failed\n";

exit($failed || !$passed ? 1 : 0);
