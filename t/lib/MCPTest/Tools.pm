package MCPTest::Tools;

# Compiles the tools of the tests into a module: probe_tools(), slow_tools(),
# asking_tools(), talk_tools(), change_tools() and probe_offers(), resources and
# prompts, return its path, for "modules => [...]". Names and values are macros
# for the compiler.
#
# probe_zone() is a module that has all of ngx_http_mcp_module in it, from the
# objects of its build, with all functions visible: "bare => 1" goes with it.
# probe_zone(PROBE_SILENT => 1) has a bus that does not ring, as on systems
# without eventfd. It is false if there are no objects.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp ();

use MCPTest ();

our @EXPORT = qw(probe_tools slow_tools asking_tools talk_tools change_tools
                 probe_offers probe_zone);

my $dir = File::Temp->newdir('mcp-tools-XXXXXX', TMPDIR => 1);
my $count = 0;


sub probe_tools { return _compile('ngx_http_probe_tools_module', @_) }
sub slow_tools { return _compile('ngx_http_slow_tools_module', @_) }
sub asking_tools { return _compile('ngx_http_asking_tools_module', @_) }
sub talk_tools { return _compile('ngx_http_talk_tools_module', @_) }
sub change_tools { return _compile('ngx_http_change_tools_module', @_) }
sub probe_offers { return _compile('ngx_http_probe_offers_module', @_) }


sub probe_zone {
    my (%macro) = @_;

    my $built = dirname(MCPTest::module());
    my $src = MCPTest::root() . '/src';

    open my $fh, '<', "$built/objs/Makefile" or return;
    local $/;
    my ($rule) = <$fh> =~ m{^objs/ngx_http_mcp_module\.so:((?:.*\\\n)*.*)}m;
    my @objects = map { "$built/$_" } ($rule // '') =~ m{(objs/addon/\S+\.o)}g;

    return if !@objects || grep { !-e } @objects;

    @objects = grep { !/ngx_http_mcp_notify\.o$/ } @objects
        if $macro{PROBE_SILENT};

    return _compile('ngx_http_probe_zone_module', %macro,
        PROBE_MODULES => "$built/objs/ngx_http_mcp_module_modules.c",
        -more => ["-I$src", "-I$src/core", '-Wl,-Bsymbolic', @objects,
                  '-lpcre2-8', '-lcrypto', '-lyaml', '-lz']);
}


sub _compile {
    my ($name, %macro) = @_;

    my $nginx = $ENV{TEST_NGINX_SOURCE} || '/usr/share/nginx/src';
    my $objs = _objs();
    my $out = "$dir/$name" . $count++ . '.so';
    my $more = delete $macro{-more} || [];

    my @command = (
        $ENV{CC} || 'cc', qw(-shared -fPIC -g -O1 -Wall -Werror),
        (map { "-D$_=" . _c_string($macro{$_}) } sort keys %macro),
        (map { "-I$nginx/src/$_" } qw(core event event/modules os/unix http
                                      http/modules http/v2)),
        "-I$objs", '-I' . MCPTest::root() . '/src/api', '-o', $out,
        MCPTest::root() . "/t/lib/$name.c", @$more, '-lcjson');

    system(@command) == 0 or croak 'cannot compile the tools';
    return $out;
}


# where configure left ngx_auto_config.h: beside the module or next to it

sub _objs {
    my $built = dirname(MCPTest::module());

    for my $objs ($ENV{TEST_NGINX_OBJS}, $built, "$built/objs",
                  MCPTest::root() . '/build')
    {
        return $objs if defined $objs && -e "$objs/ngx_auto_config.h";
    }

    croak "no ngx_auto_config.h in $built";
}


sub _c_string {
    my ($text) = @_;

    $text =~ s/(["\\])/\\$1/g;
    return "\"$text\"";
}


1;
