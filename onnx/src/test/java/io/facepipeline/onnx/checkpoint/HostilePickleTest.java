package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.dict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.floats;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyPickle;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.stateDict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tensor;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tuple;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zip;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zipId;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zipOf;

import io.facepipeline.onnx.checkpoint.CheckpointFixtures.Storage;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Call;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Name;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.PersistentId;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles that were made to do harm. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
@Timeout(120)
class HostilePickleTest extends HostileFixture {
  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "nt, system",
    "builtins, eval",
    "builtins, exec",
    "__builtin__, getattr",
    "subprocess, Popen",
    "torch.storage, _load_from_bytes",
    "builtins, open",
    "importlib, import_module",
    "torch.hub, load",
    "torch._utils, _rebuild_sparse_tensor",
    "numpy.core.multiarray, fromfile"
  })
  void hostileGlobalsAreRefusedByName(String module, String name) {
    Call call = new Call(new Name(module, name), "touch /tmp/harm");
    Storage storage = floats("0", 1);
    Object weight = tensor(zipId(storage), 0, tuple(1), tuple(1));
    refused(zip(stateDict("w", weight, "x", call), storage), module + "." + name, "state_dict()");
    refused(legacy(call), module + "." + name);
    refused(npyPickle(2, call), module + "." + name);
    refused(npyPickle(4, call), module + "." + name);
  }

  @Test
  void wholeModelsAreRefusedWithTheRemedy() {
    Object module =
        new PersistentId(tuple("module", new Name("torch", "Size"), "net.py", "class Net: pass"));
    refused(legacy(module), "whole model", "state_dict()");
    refused(
        zipOf(
            Map.of("m/data.pkl", PickleWriter.pickle(2, 1), "m/constants.pkl", new byte[0]),
            ZipEntry.STORED),
        "TorchScript");
  }

  @Test
  void structuresThatContainThemselvesAreNoEndlessLoop() {
    // A dict whose "model" is itself; a list within itself as a dict's key and as a codec's name.
    refused(pickled(ascii("}q\0X\5\0\0\0modelh\0s.")), "no tensors");
    refused(pickled(ascii("}]q\0h\0a0h\0h\0s.")), "no tensors");
    refused(pickled(ascii("c_codecs\nencode\nX\1\0\0\0a]q\0h\0a\u0086R.")), "_codecs.encode");
  }

  @Test
  void aTensorOfATypeOfATypeFillsNoStack() {
    ByteArrayOutputStream nested = new ByteArrayOutputStream();
    nested.writeBytes(ascii("ctorch._tensor\n_rebuild_from_type_v2\nq\0)q\1"));
    for (int i = 0; i < 100_000; i++) {
      nested.writeBytes(ascii("0h\0Nh\1\u0087q\1"));
    }
    nested.writeBytes(ascii("0h\0h\1R."));
    refused(pickled(nested.toByteArray()), "_rebuild_from_type_v2 with unexpected arguments");
  }

  @Test
  void picklesThatMultiplyTheirContentsAreRefused() {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.writeBytes(ascii("cbuiltins\nlist\nq\0("));
    for (int i = 0; i < 100_000; i++) {
      bomb.write('N');
    }
    bomb.writeBytes(ascii("l\u0085q\1"));
    for (int i = 0; i < 100_000; i++) {
      bomb.writeBytes(ascii("h\0h\1R0"));
    }
    bomb.write('.');
    refused(pickled(bomb.toByteArray()), "hostile");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "0.",
        "a.",
        "e.",
        "u.",
        "t.",
        "h\7.",
        "R.",
        "b.",
        "Q.",
        "(u.",
        "]NNs.",
        "}Na.",
        "}(Nu.",
        "NNR.",
        "N)R.",
        "NNb.",
        "g-1\n.",
        "Ix\n.",
        "Fx\n.",
        "L99x\n.",
        "Sx\n.",
        "S'a\\n'\n.",
        "V\\uzzzz\n.",
        "\u0080\u0009N.",
        "\u0093.",
        "NN\u0093.",
        "X\u00ff\u00ff\u00ff\u00ffa.",
        "T\u00ff\u00ff\u00ff\u00ffa.",
        "B\u00ff\u00ff\u00ff\u007fa.",
        "\u008d\0\0\0\0\0\0\0\u0080.",
        "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.",
        "\u008b\u00ff\u00ff\u00ff\u00ff.",
        "\u008b\u00ff\u00ff\u00ff\u007f.",
        "\u0095\u00ff\0\0\0\0\0\0\0N.",
        "iposix\nsystem\n.",
        "\u0082\1.",
        "P0\n.",
        "N",
        "ctorch\nFloatStorage\n)R.",
        "cnumpy\ndtype\n)R.",
        "cnumpy.core.multiarray\n_reconstruct\n)R.",
        "ctorch._utils\n_rebuild_tensor_v2\n)R.",
        "ctorch._tensor\n_rebuild_from_type_v2\n)R.",
        "ctorch._tensor\n_rebuild_from_type_v2\nq\0(h\0Nh\0)\u0086tR.",
        "N."
      })
  void malformedPicklesAreRefused(String pickle) {
    refused(pickled(ascii(pickle)));
    refused(legacyOf(ascii(pickle)));
  }

  @Test
  void referencesToStoragesThatAreMalformedAreRefused() {
    Name type = new Name("torch", "FloatStorage");
    for (Object id :
        List.of(
            "storage",
            tuple(),
            tuple("storage", type, "0", "cpu"),
            tuple("storage", "FloatStorage", "0", "cpu", 1),
            tuple("storage", new Name("torch", "Size"), "0", "cpu", 1),
            tuple("storage", type, "0", "cpu", -1),
            tuple("storage", type, "0", "cpu", "1"),
            tuple("storage", type, dict(), "cpu", 1),
            tuple("other", type, "0", "cpu", 1))) {
      refused(
          zip(stateDict("w", tensor(new PersistentId(id), 0, tuple(1), tuple(1))), floats("0", 1)));
    }
    Storage two = floats("0", 1, 2);
    Storage one = floats("0", 1);
    refused(
        zip(
            stateDict(
                "a",
                tensor(zipId(two), 0, tuple(1), tuple(1)),
                "b",
                tensor(zipId(one), 0, tuple(1), tuple(1))),
            two),
        "two ways");
  }
}
