#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The stores of certificates of a running daemon: who may do what, what is
shown, and certificates that are renewed while a connection goes on."""
import json
import socket
import ssl
import subprocess
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from control import GROUPS, point, run, wait_for

PORT = 15061
NEW = """
sip gateway outside network lan
sip gateway outside proxy-host 127.0.0.1
sip gateway outside transport tls
sip gateway outside secure-port 15061
sip gateway outside tls certificate own
sip gateway outside tls validation none
sip gateway outside tls tls-versions max tls12
"""


def openssl(lab, *words):
    subprocess.run(["openssl", *words], check=True, cwd=lab.folder,
                   stderr=subprocess.DEVNULL)


def make(lab, name, cn):
    openssl(lab, "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-subj",
            f"/CN={cn}", "-addext", "subjectAltName=DNS:gate.example.net",
            "-keyout", f"{name}.key", "-out", f"{name}.pem")


def connect(version=ssl.TLSVersion.MAXIMUM_SUPPORTED):
    """To the gateway: the connection."""
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ctx.check_hostname = False
    ctx.verify_mode = ssl.CERT_NONE
    ctx.maximum_version = version
    sock = socket.create_connection(("127.0.0.1", PORT), 20)
    return ctx.wrap_socket(sock)


def served():
    """The certificate that a new connection sees, in DER."""
    with connect() as conn:
        return conn.getpeercert(True)


def der(path):
    return ssl.PEM_cert_to_DER_cert(
        path.read_text().split("-----END CERTIFICATE-----")[0] +
        "-----END CERTIFICATE-----\n")


def alive(conn):
    """Nothing to read, and no end."""
    conn.setblocking(False)
    try:
        return conn.recv(1) != b""
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False


def store_file(lab, kind, name):
    return lab.folder / "certificates" / kind / name


def stores(lab):
    store = lab.folder / "certificates"
    point(not store.exists(), "no store before there is something in it")
    lab.says("STORE ", "certificate", "list")
    lab.says("-----BEGIN CERTIFICATE-----\n", "certificate", "self-signed",
             "own", "cn", "gate", "name", "gate.example.net", "days", "9")
    lab.says("-----BEGIN CERTIFICATE REQUEST-----\n", "certificate", "csr",
             "later", "cn", "gate", "key", "rsa2048")
    lab.says("the store has a key of this name already", "certificate", "csr",
             "own", "cn", "gate", status=2)
    make(lab, "ca", "A CA")
    lab.says("", "certificate", "import", "others", "ca", "ca.pem")
    openssl(lab, "pkcs12", "-export", "-in", "ca.pem", "-inkey", "ca.key",
            "-passout", "pass:sesame", "-out", "ca.p12")
    (lab.folder / "passphrase").write_text("sesame\n")
    lab.says("give its passphrase", "certificate", "import", "host", "p12",
             "ca.p12", status=2)
    lab.says("", "certificate", "import", "host", "p12", "ca.p12",
             "passphrase-file", "passphrase")
    openssl(lab, "x509", "-in", "ca.pem", "-outform", "der", "-out", "ca.der")
    for kind, name, file, *more in (
            ("others", "pem-in", "ca.pem"), ("others", "der-in", "ca.der"),
            ("host", "p12-in", "ca.p12", "passphrase-file", "passphrase")):
        with (lab.folder / file).open() as f:
            got = subprocess.run(
                [lab.cli, "-s", lab.socket, "certificate", "import", kind,
                 name, "-", *more], stdin=f, check=False, cwd=lab.folder)
        point(got.returncode == 0 and der(store_file(lab, kind, name)) ==
              der(lab.folder / "ca.pem"), f"{file} from standard input", got)
    point(all(p.stat().st_mode & 0o77 == 0 for p in
              [store, *store.glob("*"), *store.glob("*/*")]),
          "only root may look into it")
    lab.says("there is a private key in it", "certificate", "import",
             "others", "x", "ca.key", status=2)
    lab.says("the private key is missing", "certificate", "import", "host",
             "x", "ca.pem", status=2)
    lab.says("a file's name is up to", "certificate", "import", "host",
             "../x", "ca.pem", "key", "ca.key", status=2)
    lab.says("give a store: host", "certificate", "import", "mine", "x",
             "ca.pem", status=2)
    lab.says("No such file", "certificate", "show", "host", "nothing",
             status=1)


def shown(lab):
    status, text = lab.ringfence("certificate", "list")
    lines = [line.split() for line in text.splitlines()]
    point(status == 0 and ["others", "ca", "/CN=A", "CA"] in
          [line[:4] for line in lines], "the list", text)
    status, text = lab.ringfence("-j", "certificate", "list")
    entry = [e for e in json.loads(text)["host"] if e["file"] == "own"][0]
    point(entry["issued-to"] == entry["issued-by"] == "/CN=gate" and
          entry["usage"] == ["TlsClient", "TlsServer"] and
          entry["names"] == "gate.example.net" and entry["private-key"] and
          not entry["ca"] and entry["valid-to"] > entry["valid-from"],
          "each field in JSON", text)
    secret = (lab.folder / "certificates/host/own").read_text().split(
        "PRIVATE KEY-----")[1].strip()[:40]
    said = "".join(lab.ringfence(*words)[1] for words in (
        ("-j", "certificate", "list"), ("certificate", "show", "host", "own"),
        ("-j", "certificate", "show", "host", "own")))
    point(len(secret) == 40 and secret not in said and
          "PRIVATE KEY" not in said, "no key is ever shown")
    lab.says("private key  yes\n", "certificate", "show", "host", "own")


def roles(lab):
    for role in ("none", "read-only", "operator"):
        may = role != "none"
        lab.says("own" if may else "you are in none of the groups",
                 "certificate", "list", "host", group=GROUPS[role],
                 status=0 if may else 1, name=f"{role} lists certificates")
        for words in (("import", "others", "y", "ca.pem"),
                      ("delete", "host", "own"), ("reload",),
                      ("csr", "z", "cn", "z")):
            lab.says("only an administrator may do that" if may else
                     "you are in none of the groups", "certificate", *words,
                     group=GROUPS[role], status=1,
                     name=f"{role} may not {words[0]}")
    lab.says("", "certificate", "import", "others", "y", "ca.pem",
             group=GROUPS["admin"], name="an administrator may import")
    lab.says("", "certificate", "delete", "others", "y",
             group=GROUPS["admin"], name="an administrator may delete")


def renewal(lab):
    own = lab.folder / "certificates/host/own"
    (lab.folder / "tls").write_text(NEW)
    lab.says("", "config", "load", "tls", "merge")
    lab.says("", "config", "commit")
    point("gateway outside doesn't look at certificates" in
          lab.log.read_text(), "the log warns of validation none")
    first = connect()
    point(first.version() == "TLSv1.2", "TLS is as it was set",
          first.version())
    point(first.getpeercert(True) == der(own), "the gateway has it")
    make(lab, "new", "renewed")
    lab.says("", "certificate", "import", "host", "own", "new.pem", "key",
             "new.key")
    point(served() == der(lab.folder / "new.pem"),
          "a new connection sees the renewed certificate")
    point(alive(first), "the old connection goes on")
    lab.says("the private key doesn't belong to the certificate",
             "certificate", "import", "host", "own", "ca.pem", "key",
             "new.key", status=2)
    point(served() == der(lab.folder / "new.pem"),
          "what was refused changes nothing")
    # A file that was broken by hand.
    own.write_text("junk\n")
    lab.says("", "certificate", "reload")
    point("gateway outside goes on with its old certificates: no usable cert"
          in lab.log.read_text(), "a broken file is said")
    point(served() == der(lab.folder / "new.pem"), "and not used")
    point(alive(first), "the old connection still goes on")
    first.close()


def version(lab):
    """Another version of TLS: for new connections."""
    make(lab, "own", "again")
    lab.says("", "certificate", "import", "host", "own", "own.pem", "key",
             "own.key")
    listening = lab.sockets()
    lab.says("", "config", "set", "sip", "gateway", "outside", "tls",
             "tls-versions", "max", "tls13")
    lab.says("", "config", "commit")
    with connect() as conn:
        point(conn.version() == "TLSv1.3", "a commit changes the version",
              conn.version())
    lab.says("", "config", "set", "sip", "gateway", "outside", "tls",
             "tls-versions", "min", "tls13")
    lab.says("", "config", "commit")
    try:
        connect(ssl.TLSVersion.TLSv1_2).close()
        refused = False
    except OSError:
        refused = True
    point(refused, "an older version is refused then")
    point(wait_for(5, lambda: lab.sockets() == listening),
          "other gateways' sockets aren't touched")


if __name__ == "__main__":
    run(stores, shown, roles, renewal, version)
