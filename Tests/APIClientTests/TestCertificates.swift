/// Certificates for tests, valid until the year 2126; their keys protect nothing.
enum TestCertificates {
    /// The certificate that signed the other two.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBiTCCAS+gAwIBAgIUDlMHqJ4ZmdrpEGyPYDlElucD4/cwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdC1hdXRob3JpdHkwIBcNMjYxMTIyMTY1NDIzWhgPMjEy
        NjEwMjkxNjU0MjNaMBkxFzAVBgNVBAMMDnRlc3QtYXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE1nZ07vX3vfXQcqNIz9/ujVjiVGAeJBYaPuuBlee7
        TKXP8xf4G5OogeGNPbuKGl2VwNZWHKL1vRyRRfh/8aguJqNTMFEwHQYDVR0OBBYE
        FLncF5afyO/wPxkwrfkzAw8VTPipMB8GA1UdIwQYMBaAFLncF5afyO/wPxkwrfkz
        Aw8VTPipMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPzZVqbS
        HHvri1LLuQYsmNVagEMjV7dDE0lpbbOET1WyAiBL8fQ3sCBEY67y4H3+UEpxqGYL
        vMj9ZNxKKC3Q3i5YQQ==
        -----END CERTIFICATE-----
        """

    /// A server at 127.0.0.1.
    static let serverCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBgjCCASegAwIBAgIUWFZBGgPTmlRHeccnongH3gSaQB4wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdC1hdXRob3JpdHkwIBcNMjYxMTIyMTY1NDIzWhgPMjEy
        NjEwMjkxNjU0MjNaMBExDzANBgNVBAMMBnNlcnZlcjBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABL1A1il/bV97/R3ucqUW3WyQ6LoJV0RfCd4BU0wkZ2yUynZDUFhi
        qhrzNE/30QEYpj3pP77hzs2BFMdx/HR7SPyjUzBRMA8GA1UdEQQIMAaHBH8AAAEw
        HQYDVR0OBBYEFBicSelj/n07hEXJWbza08GjszivMB8GA1UdIwQYMBaAFLncF5af
        yO/wPxkwrfkzAw8VTPipMAoGCCqGSM49BAMCA0kAMEYCIQCw83TVwhuOdl7oVHLl
        hgmzm/oLb//SGLIK9TkJ76/x7gIhAPn/MsGkiRUbB0f4LGZusGLhSwR0xab9Y/Pt
        Ii+QGEER
        -----END CERTIFICATE-----
        """

    /// The key of `serverCertificate`.
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfmGPvsGEndPo7FSH
        JUBK3zUmigUZCOo0uljv90HteMyhRANCAAS9QNYpf21fe/0d7nKlFt1skOi6CVdE
        XwneAVNMJGdslMp2Q1BYYqoa8zRP99EBGKY96T++4c7NgRTHcfx0e0j8
        -----END PRIVATE KEY-----
        """

    /// A client.
    static let clientCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBgDCCASegAwIBAgIUWFZBGgPTmlRHeccnongH3gSaQB8wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOdGVzdC1hdXRob3JpdHkwIBcNMjYxMTIyMTY1NDIzWhgPMjEy
        NjEwMjkxNjU0MjNaMBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABMgkvqElIobQ4T18my9jSBU+/oG+ATX68fN/uW1ZYMmEpcIcGqUH
        /6UHlivTw+uE+DFDZjMMliEedBSRnQm+Me2jUzBRMA8GA1UdEQQIMAaHBH8AAAEw
        HQYDVR0OBBYEFHGThP8mo84xlC83yjoo8gsjjHCCMB8GA1UdIwQYMBaAFLncF5af
        yO/wPxkwrfkzAw8VTPipMAoGCCqGSM49BAMCA0cAMEQCIBTtRTz4TUU4FMtE2wAH
        qtCBangsyZzrb1vvcNN1he8hAiAU1IS+al3okEMagGf+ej2pqdV5w/947zKWpCVR
        LMguSA==
        -----END CERTIFICATE-----
        """

    /// The key of `clientCertificate`.
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJCqqisvy891TvK4O
        de/dk7ZdJw9AREtsWheI8SPHPOehRANCAATIJL6hJSKG0OE9fJsvY0gVPv6BvgE1
        +vHzf7ltWWDJhKXCHBqlB/+lB5Yr08PrhPgxQ2YzDJYhHnQUkZ0JvjHt
        -----END PRIVATE KEY-----
        """
}
