import Glibc
import ServiceTranslation

/// Makes another program of this process.
enum ProgramStart {
    /// Becomes a command, found by `PATH`, with variables added to the present environment.
    ///
    /// Fails as `env` does: with status 127 if there is no such program, 126 if it cannot be run.
    static func become(
        _ command: [String], adding variables: [PodVariable]
    ) throws(ToolFailure) -> Never {
        guard let program = command.first, !program.isEmpty else {
            throw ToolFailure(status: 127, "--exec: a command is missing")
        }
        for variable in variables {
            unsafe setenv(variable.name, variable.value, 1)
        }
        // A program expects the signals as a shell would leave them, not as servers like them.
        signal(SIGPIPE, SIG_DFL)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        unsafe execvp(program, &arguments)
        let code = errno
        for index in unsafe arguments.indices { unsafe free(arguments[index]) }
        throw ToolFailure(
            status: code == ENOENT ? 127 : 126,
            "\(program): \(unsafe String(cString: strerror(code)))")
    }
}
