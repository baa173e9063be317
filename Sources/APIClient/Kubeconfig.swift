import FoundationEssentials
import NIOSSL
import Yams

/// Reads from a kubeconfig file where the cluster is and who we are, as kubectl does.
package enum Kubeconfig {
    /// The server and the credentials of the file's current context, or of the named one.
    package static func target(
        file: String, context: String? = nil
    ) throws(KubeconfigError) -> APITarget {
        let reader = KubeconfigReader(file: file)
        let content = try reader.content()
        let chosen = try reader.chosen(context, of: content)
        try reader.refuseUnsupported(chosen)
        let serverField = "clusters[\(chosen.clusterName)].cluster.server"
        guard let server = chosen.cluster.server, !server.isEmpty else {
            throw reader.error(serverField, "is missing")
        }
        let tls = try reader.tls(chosen)
        do throws(APITargetError) {
            return try APITarget(
                url: server, bearerToken: reader.bearerToken(chosen), tls: tls)
        } catch {
            throw reader.error(serverField, error.description)
        }
    }
}

/// The cluster and the user of one context.
struct ChosenContext {
    let clusterName: String
    let cluster: KubeconfigFile.Cluster
    let userName: String
    let user: KubeconfigFile.User?
}

/// One kubeconfig file being read; its errors name the file and the field.
struct KubeconfigReader {
    let file: String

    func error(_ field: String?, _ message: String) -> KubeconfigError {
        KubeconfigError(file: file, field: field, message: message)
    }

    func content() throws(KubeconfigError) -> KubeconfigFile {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw error(nil, "cannot be read; is the path right, and may this user read it?")
        }
        do {
            return try YAMLDecoder().decode(KubeconfigFile.self, from: data)
        } catch let failure as DecodingError {
            throw error(nil, DecodingProblem(failure).description)
        } catch let failure {
            throw error(nil, "is not YAML: \(failure)")
        }
    }

    func chosen(
        _ name: String?, of content: KubeconfigFile
    ) throws(KubeconfigError) -> ChosenContext {
        guard let name = name ?? content.currentContext, !name.isEmpty else {
            throw error("current-context", "is missing; set it with kubectl config use-context")
        }
        let context = content.contexts?.first { $0.name == name }?.context
        guard let context else {
            throw error("contexts", "there is no context \"\(name)\"")
        }
        guard let clusterName = context.cluster else {
            throw error("contexts[\(name)].context.cluster", "is missing")
        }
        let cluster = content.clusters?.first { $0.name == clusterName }?.cluster
        guard let cluster else {
            throw error("clusters", "there is no cluster \"\(clusterName)\"")
        }
        let userName = context.user ?? ""
        let user = content.users?.first { $0.name == userName }?.user
        guard userName.isEmpty || user != nil else {
            throw error("users", "there is no user \"\(userName)\"")
        }
        return ChosenContext(
            clusterName: clusterName, cluster: cluster, userName: userName, user: user)
    }

    /// What cannot be honoured is refused: leaving it out would talk to the wrong server or as
    /// nobody, and the server's answer would not say why.
    func refuseUnsupported(_ chosen: ChosenContext) throws(KubeconfigError) {
        let cluster = "clusters[\(chosen.clusterName)].cluster"
        let user = "users[\(chosen.userName)].user"
        if chosen.cluster.tlsServerName != nil {
            throw error("\(cluster).tls-server-name", "is not supported")
        }
        if chosen.cluster.proxyURL != nil {
            throw error("\(cluster).proxy-url", "is not supported")
        }
        let cure = "use a token, a tokenFile or a client certificate"
        if chosen.user?.exec != nil {
            throw error("\(user).exec", "no credential plugin is started; \(cure)")
        }
        if chosen.user?.authProvider != nil {
            throw error("\(user).auth-provider", "is not supported; \(cure)")
        }
        if chosen.user?.username != nil {
            throw error("\(user).username", "passwords are not supported; \(cure)")
        }
    }

    func bearerToken(_ chosen: ChosenContext) -> APITarget.BearerToken? {
        // As in kubectl, the file wins: it is the one that gets renewed.
        if let path = chosen.user?.tokenFile, !path.isEmpty { return .file(resolved(path)) }
        if let token = chosen.user?.token, !token.isEmpty { return .text(token) }
        return nil
    }

    /// Paths in the file are relative to it.
    func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
        return "\(folder)/\(path)"
    }
}
