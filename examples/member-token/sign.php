<?php
// A member token as PHP makes it: JSON Web Token (RFC 7519), HS256. PHP 7.4 or newer, no packages.
//   OMO_MEMBER_KEY=kid:secret php sign.php u1 '{"rank": "ゴールド"}' [--cookie]
declare(strict_types=1);

/** Returns a token for a body (5 minutes at most), or for the cookie omo_member (12 hours at most).
 * Throws RuntimeException without a secret to sign with. */
function omo_member_token(string $id, array $attributes, int $life = 300): string
{
    $first = explode(',', (string) getenv('OMO_MEMBER_KEY'))[0];  // the first key signs
    [$kid, $secret] = explode(':', $first, 2) + ['', ''];
    if (strlen($secret) < 32 || $secret[0] === '@') {
        throw new RuntimeException('OMO_MEMBER_KEY has no secret of 32 bytes: omo token --new-key makes one');
    }
    $now = time();
    $claims = ['sub' => $id, 'aud' => 'omotenashi', 'iat' => $now, 'exp' => $now + $life] + $attributes;
    $encode = fn(string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $json = fn(array $data): string => $encode(json_encode($data, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR));
    $signed = $json(['typ' => 'JWT', 'alg' => 'HS256', 'kid' => $kid]) . '.' . $json($claims);
    return $signed . '.' . $encode(hash_hmac('sha256', $signed, $secret, true));
}

/** Call at login with a token that lives as long as the session, at logout with an empty text. */
function omo_set_member_cookie(string $token): void
{
    setcookie('omo_member', $token, ['expires' => $token === '' ? 1 : 0, 'path' => '/',
        'secure' => !empty($_SERVER['HTTPS']), 'httponly' => true, 'samesite' => 'Lax']);
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    $life = in_array('--cookie', $argv, true) ? 12 * 3600 : 300;
    echo omo_member_token($argv[1], json_decode($argv[2] ?? '{}', true), $life), "\n";
}
