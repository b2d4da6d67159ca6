package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** The numbers and texts of a pickle, as {@link Unpickler} describes what they become. */
final class Literals {
  static final int MAX_DIGITS = 1000;

  private final ByteReader in;

  Literals(ByteReader in) {
    this.in = in;
  }

  String utf8(long length) throws IOException {
    return new String(in.bytes(length), StandardCharsets.UTF_8);
  }

  int lengthOfInteger() throws IOException {
    int length = in.i4();
    if (length < 0 || length > MAX_DIGITS) {
      throw in.problem(
          "the pickle has a number of "
              + length
              + " bytes, which no checkpoint needs: the file is damaged");
    }
    return length;
  }

  /** A whole number of so many bytes, the lowest first. */
  Object integer(int length) throws IOException {
    byte[] littleEndian = in.bytes(length);
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
    }
    return bigEndian.length == 0 ? (Object) 0L : narrow(new BigInteger(bigEndian));
  }

  private static Object narrow(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  long index(String line) {
    if (decimal(line, false) instanceof Long index && index >= 0) {
      return index;
    }
    throw in.problem("the pickle has a bad memo index: the file is damaged");
  }

  Object decimal(String line, boolean mayBeBoolean) {
    if (mayBeBoolean && (line.equals("00") || line.equals("01"))) {
      return line.equals("01");
    }
    try {
      return narrow(
          new BigInteger(line.endsWith("L") ? line.substring(0, line.length() - 1) : line));
    } catch (NumberFormatException e) {
      throw CheckpointFile.problem(
          in.file().path(), "the pickle has a malformed number: the file is damaged", e);
    }
  }

  Object decimalFraction(String line) {
    try {
      // Python writes the special values in lower case.
      return switch (line) {
        case "nan" -> Double.NaN;
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(line);
      };
    } catch (NumberFormatException e) {
      throw CheckpointFile.problem(
          in.file().path(), "the pickle has a malformed number: the file is damaged", e);
    }
  }

  /** Text in quotes as protocol 0 writes it: Latin-1 with the escapes of Python 2's repr. */
  String quoted(String line) {
    int end = line.length() - 1;
    if (end < 1 || line.charAt(0) != line.charAt(end) || "'\"".indexOf(line.charAt(0)) < 0) {
      throw in.problem("the pickle has text without quotes: the file is damaged");
    }
    if (line.indexOf('\\') < 0) {
      return line.substring(1, end);
    }
    StringBuilder text = new StringBuilder(end);
    int at = 1;
    while (at < end) {
      char c = line.charAt(at++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      // The closing quote is no part of an escape.
      char kind = at < end ? line.charAt(at++) : 0;
      switch (kind) {
        case '\\', '\'', '"' -> text.append(kind);
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'x' -> {
          text.append(hexadecimal(line, at, Math.min(at + 2, end)));
          at += 2;
        }
        default -> throw in.problem("the pickle has a malformed escape: the file is damaged");
      }
    }
    return text.toString();
  }

  private char hexadecimal(String line, int from, int to) {
    int high = to - from == 2 ? Character.digit(line.charAt(from), 16) : -1;
    int low = high < 0 ? -1 : Character.digit(line.charAt(from + 1), 16);
    if (low < 0) {
      throw in.problem("the pickle has a malformed escape: the file is damaged");
    }
    return (char) (16 * high + low);
  }

  /** Text in Python's raw-unicode-escape encoding: Latin-1 with \\uXXXX. */
  String escaped(String line) {
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      if (line.startsWith("\\u", i) && i + 6 <= line.length()) {
        try {
          text.append((char) Integer.parseUnsignedInt(line.substring(i + 2, i + 6), 16));
        } catch (NumberFormatException e) {
          throw CheckpointFile.problem(
              in.file().path(), "the pickle has a malformed escape: the file is damaged", e);
        }
        i += 5;
      } else {
        text.append(line.charAt(i));
      }
    }
    return text.toString();
  }
}
