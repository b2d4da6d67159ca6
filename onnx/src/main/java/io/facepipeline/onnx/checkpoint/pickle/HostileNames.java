package io.facepipeline.onnx.checkpoint.pickle;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The Python names that no training script puts into a checkpoint, but whoever wants to have
 * something run does. They would not be run here either; a file that names one is refused all the
 * same, since nobody should give it to Python. So are the makers of tensors of kinds that this
 * library does not read, as the tensors would be missing.
 */
final class HostileNames {
  /** The first part of a module's name. */
  private static final Set<String> PACKAGES =
      Set.of(
          "os",
          "posix",
          "nt",
          "sys",
          "subprocess",
          "commands",
          "importlib",
          "imp",
          "runpy",
          "shutil",
          "socket",
          "ssl",
          "ctypes",
          "_ctypes",
          "pickle",
          "_pickle",
          "cPickle",
          "dill",
          "cloudpickle",
          "marshal",
          "code",
          "codeop",
          "pty",
          "webbrowser",
          "multiprocessing",
          "asyncio",
          "signal",
          "io",
          "_io",
          "tempfile",
          "http",
          "urllib",
          "urllib2",
          "requests",
          "httpx",
          "aiohttp",
          "ftplib",
          "smtplib",
          "poplib",
          "telnetlib",
          "xmlrpc",
          "bdb",
          "pdb",
          "timeit",
          "cProfile",
          "profile",
          "trace",
          "pip",
          "setuptools",
          "distutils",
          "venv",
          "ensurepip",
          "zipimport",
          "linecache",
          "operator",
          "_operator",
          "builtins",
          "__builtin__");

  private static final Set<String> TORCH_MODULES =
      Set.of("torch.hub", "torch.jit", "torch.package", "torch.utils", "torch.distributed");

  /** Lower-case names of PyTorch and NumPy that are values, or classes of them. */
  private static final Set<String> VALUES =
      Set.of(
          "float",
          "float16",
          "float32",
          "float64",
          "double",
          "half",
          "bfloat16",
          "uint8",
          "uint16",
          "uint32",
          "uint64",
          "int8",
          "int16",
          "int32",
          "int64",
          "long",
          "int",
          "short",
          "bool",
          "bool_",
          "complex64",
          "complex128",
          "qint8",
          "quint8",
          "qint32",
          "quint4x2",
          "quint2x4",
          "per_tensor_affine",
          "per_channel_affine",
          "per_channel_affine_float_qparams",
          "per_tensor_symmetric",
          "per_channel_symmetric",
          "strided",
          "sparse_coo",
          "contiguous_format",
          "channels_last",
          "preserve_format",
          "device",
          "scalar",
          "str_",
          "bytes_",
          "object_",
          "datetime64",
          "timedelta64",
          "longlong",
          "intc",
          "uintc",
          "_get_layout",
          "__randomstate_ctor",
          "__generator_ctor",
          "__bit_generator_ctor");

  private static final Set<String> BUILTIN_VALUES =
      Set.of(
          "bytearray",
          "slice",
          "object",
          "int",
          "long",
          "float",
          "str",
          "unicode",
          "bool",
          "tuple",
          "complex",
          "range",
          "xrange",
          "type",
          "Ellipsis",
          "NotImplemented",
          "set",
          "frozenset",
          "list");

  private HostileNames() {}

  /** Why a name is refused, if it is. */
  static Optional<String> problem(String module, String name) {
    String first = module.contains(".") ? module.substring(0, module.indexOf('.')) : module;
    if (first.equals("builtins") || first.equals("__builtin__")) {
      return BUILTIN_VALUES.contains(name) ? Optional.empty() : refused(module, name);
    }
    if (PACKAGES.contains(first)) {
      return refused(module, name);
    }
    if (first.equals("torch") || first.equals("numpy")) {
      boolean dangerous =
          TORCH_MODULES.stream().anyMatch(m -> module.equals(m) || module.startsWith(m + "."));
      if (name.startsWith("_rebuild") && !dangerous) {
        return Optional.of(
            "the pickle creates tensors with "
                + module
                + "."
                + name
                + ", which this library does not read; convert them to plain tensors in"
                + " Python and save model.state_dict()");
      }
      boolean function = name.isEmpty() || !name.substring(0, 1).equals(upper(name));
      return dangerous || (function && !VALUES.contains(name))
          ? refused(module, name)
          : Optional.empty();
    }
    return Optional.empty();
  }

  private static String upper(String name) {
    String first = name.substring(0, 1);
    // An underscore has no case, and such names are functions' here.
    return first.equals("_") ? "" : first.toUpperCase(Locale.ROOT);
  }

  private static Optional<String> refused(String module, String name) {
    return Optional.of(
        "the pickle names the Python object "
            + module
            + "."
            + name
            + ", which no state dict needs; it was refused, and nothing was executed. If the file"
            + " holds more than weights, load it in a trusted environment and save"
            + " model.state_dict() instead");
  }
}
