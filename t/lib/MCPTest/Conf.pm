package MCPTest::Conf;

# Configurations that nginx refuses, and those it does not:
#
#     refused(NAME, WHERE => TEXT, qr/why/, %options)
#     accepted(NAME, %options)
#
# Options are those of MCPTest->new; conf_modules(PATHS) are loaded in all.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use MCPTest ();

our @EXPORT = qw(conf_modules refused accepted);

my @modules;


sub conf_modules {
    @modules = @_;
    return;
}


# The text of a mistake stands in a line of its own; the message has to name
# this line and to match. In a block the line may be another one: HERE says so.

sub refused {
    my ($name, $where, $text, $re, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $t = MCPTest->new(modules => \@modules, location => 'mcp;', %o,
        $where => ($o{$where} // ($where eq 'location' ? "mcp;\n" : ''))
                  . ($text =~ /# HERE/ ? $text : "$text # HERE"));
    my ($rc, $out) = $t->test_config;
    my $conf = $t->path('nginx.conf');
    my @lines = split /\n/, $t->slurp('nginx.conf');
    my ($line) = grep { $lines[$_ - 1] =~ /# HERE/ } 1 .. @lines;

    isnt($rc, 0, "$name: refused");
    like($out, $re, "$name: why");
    like($out, qr/\[emerg\].* in \Q$conf\E:$line\b/, "$name: where");
    unlike($out, qr/signal|Sanitizer|runtime error/, "$name: no crash");
    return;
}


sub accepted {
    my ($name, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my ($rc, $out) = MCPTest->new(modules => \@modules, location => 'mcp;', %o)
                       ->test_config;
    is($rc, 0, "$name: accepted") or diag($out);
    is($out, '', "$name: without a word");
    return;
}


1;
