package MCPTest::Token;

# Keys and tokens of tests, made with the openssl command: nothing of it is
# kept.
#
#     my $key = MCPTest::Token->new('RS256', kid => 'a');   # PS, ES, EdDSA
#     $key->jwk                the public key, a hash
#     $key->pem                the same as PEM
#     $key->token({ claims })  signed; header => { more of it }, alg => NAME
#     MCPTest::Token::set($key, ...)   a JWK Set, JSON
#     MCPTest::Token::glue($header, $payload, $signature)   bytes or hashes
#     MCPTest::Token::hmac($header, $payload, $secret)      HS256
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Carp qw(croak);
use Digest::SHA qw(hmac_sha256);
use File::Temp ();
use JSON::PP ();
use MIME::Base64 qw(encode_base64url);

my $dir = File::Temp->newdir('mcp-token-XXXXXX', TMPDIR => 1);
my $json = JSON::PP->new->canonical->utf8;
my $count = 0;

my %curves = (ES256 => ['P-256', 'prime256v1', 32],
              ES384 => ['P-384', 'secp384r1', 48],
              ES512 => ['P-521', 'secp521r1', 66]);


sub new {
    my ($class, $alg, %o) = @_;

    my $self = bless { alg => $alg, kid => $o{kid},
                       file => "$dir/" . $count++ }, $class;
    my $curve = $curves{ $o{curve} || $alg };

    _openssl('genpkey', '-quiet', '-out', $self->{file},
             $curve ? ('-algorithm', 'EC', '-pkeyopt',
                       "ec_paramgen_curve:$curve->[1]")
             : $alg eq 'EdDSA' ? ('-algorithm', 'ED25519')
             : ('-algorithm', 'RSA', '-pkeyopt',
                'rsa_keygen_bits:' . ($o{bits} || 2048)));

    $self->{curve} = $curve;

    return $self;
}


sub pem { return _openssl('pkey', '-in', $_[0]{file}, '-pubout') }


sub jwk {
    my ($self, %more) = @_;

    my $der = _openssl('pkey', '-in', $self->{file}, '-pubout',
                       '-outform', 'DER');
    my %jwk;

    if ($self->{curve}) {
        my ($name, undef, $n) = @{ $self->{curve} };
        my $point = substr $der, -2 * $n;

        %jwk = (kty => 'EC', crv => $name,
                x => encode_base64url(substr $point, 0, $n),
                y => encode_base64url(substr $point, $n));

    } elsif ($self->{alg} eq 'EdDSA') {
        %jwk = (kty => 'OKP', crv => 'Ed25519',
                x => encode_base64url(substr $der, -32));

    } else {
        my ($n) = _openssl('rsa', '-in', $self->{file}, '-noout', '-modulus')
                  =~ /=([0-9A-F]+)/;

        %jwk = (kty => 'RSA', n => encode_base64url(pack 'H*', $n),
                e => 'AQAB');
    }

    $jwk{kid} = $self->{kid} if defined $self->{kid};

    return { %jwk, %more };
}


sub token {
    my ($self, $claims, %o) = @_;

    my $alg = $o{alg} || $self->{alg};
    my $head = { alg => $alg, typ => 'JWT',
                 defined $self->{kid} ? (kid => $self->{kid}) : (),
                 %{ $o{header} || {} } };
    my $signed = join '.', map { encode_base64url($_) }
                           ref $head ? $json->encode($head) : $head,
                           ref $claims ? $json->encode($claims) : $claims;

    return "$signed." . encode_base64url($self->sign($signed, $alg));
}


sub sign {
    my ($self, $bytes, $alg) = @_;

    my $file = "$self->{file}.in";
    open my $fh, '>:raw', $file or croak $!;
    print $fh $bytes;
    close $fh;

    return _openssl('pkeyutl', '-sign', '-rawin', '-inkey', $self->{file},
                    '-in', $file) if $alg eq 'EdDSA';

    my ($hash) = $alg =~ /(\d+)\z/;
    my $signature = _openssl('dgst', "-sha$hash", '-sign', $self->{file},
        $alg =~ /^PS/ ? ('-sigopt', 'rsa_padding_mode:pss',
                         '-sigopt', 'rsa_pss_saltlen:digest') : (), $file);

    return $self->{curve} ? _raw($signature, $self->{curve}[2]) : $signature;
}


# two numbers of ASN.1, as bytes of a fixed length

sub _raw {
    my ($der, $n) = @_;

    my $at = ord(substr $der, 1, 1) & 0x80 ? 3 : 2;
    my $raw = '';

    for (1, 2) {
        my $len = ord substr $der, $at + 1, 1;
        my $number = substr $der, $at + 2, $len;

        $number =~ s/^\0+//;
        $raw .= "\0" x ($n - length $number) . $number;
        $at += 2 + $len;
    }

    return $raw;
}


sub set { return $json->encode({ keys => [map { $_->jwk } @_] }) }


sub glue {
    return join '.', map { encode_base64url(ref $_ ? $json->encode($_) : $_) }
                     @_;
}


sub hmac {
    my ($head, $payload, $secret) = @_;

    my $signed = glue($head, $payload);
    return "$signed." . encode_base64url(hmac_sha256($signed, $secret));
}


sub _openssl {
    open my $pipe, '-|', 'openssl', @_ or croak "openssl: $!";
    binmode $pipe;
    my $out = do { local $/; <$pipe> };
    close $pipe or croak "openssl $_[0] failed";
    return $out;
}


1;
