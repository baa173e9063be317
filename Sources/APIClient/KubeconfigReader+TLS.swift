import FoundationEssentials
import NIOSSL

extension KubeconfigReader {
    /// Trust and client certificate; `nil` where the file says nothing of either.
    func tls(_ chosen: ChosenContext) throws(KubeconfigError) -> TLSConfiguration? {
        var configuration = TLSConfiguration.makeClientConfiguration()
        let trusted = try authorities(chosen)
        if let trusted { configuration.trustRoots = .certificates(trusted) }
        let isUnverified = chosen.cluster.insecureSkipTLSVerify ?? false
        if isUnverified {
            guard trusted == nil else {
                throw error(
                    "clusters[\(chosen.clusterName)].cluster.insecure-skip-tls-verify",
                    "cannot be combined with a certificate authority")
            }
            configuration.certificateVerification = .none
        }
        let identity = try identity(chosen)
        if let identity {
            configuration.certificateChain = identity.certificates.map { .certificate($0) }
            configuration.privateKey = .privateKey(identity.key)
        }
        return trusted != nil || isUnverified || identity != nil ? configuration : nil
    }

    private func authorities(
        _ chosen: ChosenContext
    ) throws(KubeconfigError) -> [NIOSSLCertificate]? {
        let pem = try pem(
            inline: chosen.cluster.certificateAuthorityData,
            path: chosen.cluster.certificateAuthority,
            field: "clusters[\(chosen.clusterName)].cluster.certificate-authority")
        guard let pem else { return nil }
        return try certificates(pem)
    }

    private func identity(
        _ chosen: ChosenContext
    ) throws(KubeconfigError) -> (certificates: [NIOSSLCertificate], key: NIOSSLPrivateKey)? {
        let field = "users[\(chosen.userName)].user"
        let certificate = try pem(
            inline: chosen.user?.clientCertificateData, path: chosen.user?.clientCertificate,
            field: "\(field).client-certificate")
        let key = try pem(
            inline: chosen.user?.clientKeyData, path: chosen.user?.clientKey,
            field: "\(field).client-key")
        switch (certificate, key) {
        case (nil, nil): return nil
        case (nil, .some): throw error("\(field).client-certificate", "is missing")
        case (.some, nil): throw error("\(field).client-key", "is missing")
        case (.some(let certificate), .some(let key)):
            do {
                let parsed = try NIOSSLPrivateKey(bytes: key.bytes, format: .pem)
                return (try certificates(certificate), parsed)
            } catch let failure as KubeconfigError {
                throw failure
            } catch {
                throw self.error(key.field, "is not a private key in PEM form")
            }
        }
    }

    /// PEM text and the field it came from.
    private struct PEM {
        let bytes: [UInt8]
        let field: String
    }

    /// As in kubectl, what is written inline wins over a path.
    private func pem(
        inline: String?, path: String?, field: String
    ) throws(KubeconfigError) -> PEM? {
        if let inline, !inline.isEmpty {
            let data = Data(base64Encoded: inline, options: .ignoreUnknownCharacters)
            guard let data, !data.isEmpty else {
                throw error("\(field)-data", "is not base64")
            }
            return PEM(bytes: Array(data), field: "\(field)-data")
        }
        guard let path, !path.isEmpty else { return nil }
        let found = resolved(path)
        guard let data = FileManager.default.contents(atPath: found) else {
            throw error(field, "the file \(found) cannot be read")
        }
        return PEM(bytes: Array(data), field: field)
    }

    private func certificates(_ pem: PEM) throws(KubeconfigError) -> [NIOSSLCertificate] {
        guard let parsed = try? NIOSSLCertificate.fromPEMBytes(pem.bytes), !parsed.isEmpty else {
            throw error(pem.field, "holds no certificate in PEM form")
        }
        return parsed
    }
}
