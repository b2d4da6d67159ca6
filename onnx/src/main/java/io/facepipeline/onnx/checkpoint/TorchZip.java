package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.ZipDirectory;
import io.facepipeline.onnx.checkpoint.pickle.StorageRef;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Files of {@code torch.save} since PyTorch 1.6: a zip file with one folder that holds {@code
 * data.pkl}, storages as {@code data/KEY} and, since 1.13, {@code byteorder}. See {@code
 * torch/serialization.py}, function {@code _save}.
 */
final class TorchZip {
  private static final String PICKLE = "data.pkl";

  private TorchZip() {}

  static Contents read(CheckpointFile file) throws IOException {
    ZipDirectory zip = new ZipDirectory(file);
    String folder = folder(file, zip);
    if (zip.contains(folder + "constants.pkl")) {
      throw file.problem(
          "is a TorchScript archive; load it in Python and torch.save its state_dict()");
    }
    ByteOrder order = byteOrder(file, zip, folder + "byteorder");
    ByteReader in = zip.open(folder + PICKLE);
    Object root = new TorchPickle(in).load();
    return TorchPickle.tensors(file, root, storage -> storage(file, zip, folder, storage), order);
  }

  private static String folder(CheckpointFile file, ZipDirectory zip) {
    for (String name : zip.names()) {
      if (name.substring(name.indexOf('/') + 1).equals(PICKLE)) {
        return name.substring(0, name.length() - PICKLE.length());
      }
    }
    throw file.problem(
        "is a zip file without "
            + PICKLE
            + ", so not one of torch.save; give a .pt, .pth, .npy or .safetensors file");
  }

  private static ByteOrder byteOrder(CheckpointFile file, ZipDirectory zip, String name)
      throws IOException {
    if (!zip.contains(name)) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    ByteReader in = zip.open(name);
    String order = new String(in.bytes(Math.min(in.remaining(), 16)), StandardCharsets.US_ASCII);
    return switch (order) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw file.problem(
              "has the byte order \"" + order + "\", not little or big: the file is damaged");
    };
  }

  private static byte[] storage(
      CheckpointFile file, ZipDirectory zip, String folder, StorageRef storage) throws IOException {
    ByteReader in = zip.open(folder + "data/" + storage.key());
    if (in.remaining() / storage.type().bytes() < storage.length()) {
      throw file.problem(
          "storage "
              + storage.key()
              + " has "
              + in.remaining()
              + " bytes, too short for its "
              + storage.length()
              + " elements of "
              + storage.type()
              + ": the file is damaged");
    }
    return in.bytes(in.remaining());
  }
}
