package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Puts the weights that an ONNX file keeps in other files into the model, wherever its tensors are:
 * initializers, attributes, nested graphs, functions. Every other field stays as it is.
 */
public final class InlinedWeights {
  private static final int DIMS = 1;
  private static final int TYPE = 2;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  /** The value of {@link #DATA_LOCATION} that says that the data is in another file. */
  private static final int EXTERNAL = 1;

  private final String what;
  private final Function<String, Path> files;

  private InlinedWeights(String what, Function<String, Path> files) {
    this.what = what;
    this.files = files;
  }

  /**
   * Makes one file of several. Their sizes are checked before they are read.
   *
   * @param model the content of the ONNX file
   * @param what what messages call it
   * @param files the file at a location, which it checks
   * @return the content of a file that needs no other
   * @throws MalformedModelException if the content is not ONNX, a file is too short, a tensor's
   *     data is not of its shape, or the result reaches 2 GiB
   * @throws IOException if a file cannot be read
   */
  public static byte[] inline(byte[] model, String what, Function<String, Path> files)
      throws IOException {
    try {
      return ProtoWriter.toBytes(
          new InlinedWeights(what, files)
              .message(new ProtoReader(model), OnnxMessage.MODEL, OnnxMessage.MAX_DEPTH));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Consumer<ProtoWriter> message(ProtoReader in, OnnxMessage message, int depth) {
    if (depth == 0) {
      throw new MalformedModelException(
          what
              + " holds messages that nest deeper than "
              + OnnxMessage.MAX_DEPTH
              + "; export it again");
    }
    if (message == OnnxMessage.TENSOR) {
      return tensor(in);
    }
    List<Consumer<ProtoWriter>> fields = new ArrayList<>();
    while (in.next()) {
      int field = in.field();
      OnnxMessage inner = message.in(field);
      if (inner == OnnxMessage.SKIPPED) {
        Bytes raw = in.rawField();
        fields.add(out -> out.raw(raw));
      } else {
        Consumer<ProtoWriter> content = message(in.message(), inner, depth - 1);
        fields.add(out -> out.message(field, content));
      }
    }
    return all(fields);
  }

  private static Consumer<ProtoWriter> all(List<Consumer<ProtoWriter>> fields) {
    return out -> fields.forEach(field -> field.accept(out));
  }

  private Consumer<ProtoWriter> tensor(ProtoReader in) {
    List<Consumer<ProtoWriter>> fields = new ArrayList<>();
    Repeated dims = new Repeated();
    Map<String, String> place = new LinkedHashMap<>();
    String name = "";
    int type = 0;
    int location = 0;
    while (in.next()) {
      ProtoReader again = in.copy();
      int field = in.field();
      Bytes raw = in.rawField();
      switch (field) {
        case DIMS -> again.integers(dims);
        case TYPE -> type = again.smallInteger();
        case NAME -> name = again.text();
        case EXTERNAL_DATA -> OnnxFile.readEntry(again.message(), place);
        case DATA_LOCATION -> location = again.smallInteger();
        default -> {}
      }
      if (field != EXTERNAL_DATA && field != DATA_LOCATION) {
        fields.add(out -> out.raw(raw));
      }
    }
    if (location == EXTERNAL) {
      fields.add(data(name, type, dims.longs(), place));
    }
    return all(fields);
  }

  private Consumer<ProtoWriter> data(
      String name, int type, long[] dims, Map<String, String> place) {
    Path file = files.apply(place.getOrDefault("location", ""));
    long needed =
        bytes(type, dims)
            .orElseThrow(
                () ->
                    new MalformedModelException(
                        tensor(name)
                            + " is of shape "
                            + Arrays.toString(dims)
                            + " and element type "
                            + type
                            + ", which cannot lie in another file; export it again"));
    long offset = number(name, place, "offset", 0);
    long length = number(name, place, "length", needed);
    long present = size(file);
    if (length != needed || offset > present - length) {
      throw new MalformedModelException(
          tensor(name)
              + " of shape "
              + Arrays.toString(dims)
              + " needs "
              + needed
              + " bytes, but the model names "
              + length
              + " from byte "
              + offset
              + " of "
              + file
              + ", which has "
              + present
              + "; fetch or export both files again");
    }
    return out -> out.partOf(file, RAW_DATA, offset, length);
  }

  private String tensor(String name) {
    return what + ": the tensor '" + name + "'";
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long number(String name, Map<String, String> place, String key, long otherwise) {
    String text = place.get(key);
    if (text == null) {
      return otherwise;
    }
    // At most 18 digits always fit.
    if (!text.matches("[0-9]{1,18}")) {
      throw new MalformedModelException(
          tensor(name)
              + " has the "
              + key
              + " '"
              + text
              + "', which is not a number of bytes; export it again");
    }
    return Long.parseLong(text);
  }

  /** The size of a tensor's data; empty for strings, unknown types and impossible shapes. */
  private static OptionalLong bytes(int type, long[] dims) {
    int bits =
        switch (type) {
          case 1, 6, 12 -> 32;
          case 2, 3, 9, 17, 18, 19, 20, 24 -> 8;
          case 4, 5, 10, 16 -> 16;
          case 7, 11, 13, 14 -> 64;
          case 15 -> 128;
          case 21, 22, 23 -> 4;
          case 25, 26 -> 2;
          default -> 0;
        };
    double total = bits;
    for (long extent : dims) {
      total *= extent < 0 ? Double.NaN : extent;
    }
    return bits == 0 || !(total < 1L << 52)
        ? OptionalLong.empty()
        : OptionalLong.of((long) Math.ceil(total / 8));
  }
}
