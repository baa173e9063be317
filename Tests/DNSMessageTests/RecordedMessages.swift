/// Messages as other programs sent them, each part on its line.
enum RecordedMessages {
    /// dig's question for an AAAA record, with a cookie.
    static let digQuery = bytes(
        """
        f462 0120 0001 0000 0000 0001
        0a6b756265726e65746573 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00 001c 0001
        00 0029 04d0 00000000 000c 000a 0008 bdbf41eb5716c930
        """)

    /// Knot's address of web.default.svc.cluster.local.
    static let address = bytes(
        """
        1d0e 8500 0001 0001 0000 0001
        03776562 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00 0001 0001
        c00c 0001 0001 00000005 0004 0a600701
        00 0029 04d0 00000000 0000
        """)

    /// Knot's answer to a question in mixed case without extensions.
    static let mixedCase = bytes(
        """
        1d0e 8500 0001 0001 0000 0000
        03576542 0764656661756c74 03737663 07636c7553544552 056c6f63616c 00 001c 0001
        c00c 001c 0001 00000005 0010 fd000010009600000000000000070001
        """)

    /// Knot's SRV records with their addresses.
    static let services = bytes(
        """
        1d0e 8500 0001 0002 0000 0003
        055f68747470 045f746370 03776562 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00
        0021 0001
        c00c 0021 0001 00000005 002b 0000 0032 0050
        05706f642d30 03776562 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00
        c00c 0021 0001 00000005 002b 0000 0032 0050
        05706f642d31 03776562 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00
        c04c 0001 0001 00000005 0004 0af40107
        c083 0001 0001 00000005 0004 0af40209
        00 0029 04d0 00000000 0000
        """)

    /// Knot's "no such name", with the start of the zone.
    static let noSuchName = bytes(
        """
        1d0e 8503 0001 0000 0001 0001
        046e6f7065 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00 0001 0001
        c01d 0006 0001 00000005 002a
        026e73 03646e73 c01d 0a686f73746d6173746572 c01d 00000007 00001c20 00000708 00015180 00000005
        00 0029 04d0 00000000 0000
        """)

    /// Knot's alias with the address it leads to.
    static let alias = bytes(
        """
        1d0e 8500 0001 0002 0000 0001
        03657874 0764656661756c74 03737663 07636c7573746572 056c6f63616c 00 0001 0001
        c00c 0005 0001 00000005 0006 03776562 c010
        c03b 0001 0001 00000005 0004 0a600701
        00 0029 04d0 00000000 0000
        """)

    /// Knot's text record.
    static let text = bytes(
        """
        1d0e 8500 0001 0001 0000 0000
        0b646e732d76657273696f6e 07636c7573746572 056c6f63616c 00 0010 0001
        c00c 0010 0001 00000005 0006 05 312e312e30
        """)

    /// Knot's NAPTR record, whose name is written out.
    static let rewriting = bytes(
        """
        1d0e 8500 0001 0001 0000 0001
        046d616e79 07636c7573746572 056c6f63616c 00 0023 0001
        c00c 0023 0001 00000005 0040 0064 000a 0175 074532552b736970
        1b 215e2e2a24217369703a696e666f406578616d706c652e636f6d21
        06746172676574 07636c7573746572 056c6f63616c 00
        00 0029 04d0 00000000 0000
        """)

    /// Knot's mail exchanger.
    static let mail = bytes(
        """
        1d0e 8500 0001 0001 0000 0001
        046d616e79 07636c7573746572 056c6f63616c 00 000f 0001
        c00c 000f 0001 00000005 0009 000a 046d61696c c011
        00 0029 04d0 00000000 0000
        """)

    static let all = [
        digQuery, address, mixedCase, services, noSuchName, alias, text, rewriting, mail,
    ]
}
