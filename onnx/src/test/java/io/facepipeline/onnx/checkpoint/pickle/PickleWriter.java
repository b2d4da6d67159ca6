package io.facepipeline.onnx.checkpoint.pickle;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes pickles for tests, in protocol 2 (as PyTorch and NumPy on Python 2 do) or 4. */
public final class PickleWriter {
  public record Name(String module, String name) {}

  public static final class Call {
    private final Name callee;
    private final List<Object> args;

    public Call(Name callee, Object... args) {
      this.callee = callee;
      this.args = Arrays.asList(args);
    }
  }

  /** An object with a state, for BUILD. */
  public record Built(Object object, Object state) {}

  public record PersistentId(Object id) {}

  public static final class Tuple {
    private final List<Object> items;

    public Tuple(Object... items) {
      this.items = Arrays.asList(items);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final int protocol;
  private int memo;

  private PickleWriter(int protocol) {
    this.protocol = protocol;
  }

  public static byte[] pickle(int protocol, Object value) {
    PickleWriter body = new PickleWriter(protocol);
    body.write(value);
    body.out.write('.');
    byte[] bytes = body.out.toByteArray();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(new byte[] {(byte) 0x80, (byte) protocol});
    if (protocol >= 4) {
      all.write(0x95);
      all.writeBytes(littleEndian(8).putLong(bytes.length).array());
    }
    all.writeBytes(bytes);
    return all.toByteArray();
  }

  private void write(Object value) {
    if (value == null) {
      out.write('N');
    } else if (value instanceof Boolean flag) {
      out.write(flag ? 0x88 : 0x89);
    } else if (value instanceof Integer number) {
      writeInteger(number);
    } else if (value instanceof Long number) {
      writeLong(BigInteger.valueOf(number));
    } else if (value instanceof BigInteger number) {
      writeLong(number);
    } else if (value instanceof Double number) {
      out.write('G');
      out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
    } else if (value instanceof String text) {
      writeText(text);
      remember();
    } else if (value instanceof byte[] bytes) {
      writeBytes(bytes);
    } else if (value instanceof List<?> list) {
      out.write(']');
      remember();
      out.write('(');
      list.forEach(this::write);
      out.write('e');
    } else if (value instanceof Map<?, ?> map) {
      out.write('}');
      remember();
      writeItems(map);
    } else {
      writeObject(value);
    }
  }

  private void writeObject(Object value) {
    if (value instanceof Tuple tuple) {
      writeTuple(tuple.items);
    } else if (value instanceof Name name) {
      writeName(name);
    } else if (value instanceof Call call) {
      writeName(call.callee);
      writeTuple(call.args);
      out.write('R');
      remember();
    } else if (value instanceof Built built) {
      write(built.object);
      if (built.object instanceof Call && built.state instanceof Map<?, ?> items) {
        writeItems(items);
      } else {
        write(built.state);
        out.write('b');
      }
    } else if (value instanceof PersistentId id) {
      write(id.id);
      out.write('Q');
    } else {
      throw new IllegalArgumentException("no pickle for " + value);
    }
  }

  private void writeItems(Map<?, ?> map) {
    out.write('(');
    map.forEach(
        (key, item) -> {
          write(key);
          write(item);
        });
    out.write('u');
  }

  private void writeTuple(List<Object> items) {
    if (items.isEmpty()) {
      out.write(')');
    } else if (items.size() <= 3) {
      items.forEach(this::write);
      out.write(0x84 + items.size());
      remember();
    } else {
      out.write('(');
      items.forEach(this::write);
      out.write('t');
      remember();
    }
  }

  private void writeName(Name name) {
    if (protocol >= 4) {
      writeText(name.module);
      writeText(name.name);
      out.write(0x93);
    } else {
      out.writeBytes(
          ("c" + name.module + "\n" + name.name + "\n").getBytes(StandardCharsets.UTF_8));
    }
    remember();
  }

  private void writeText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (protocol >= 4 && utf8.length < 256) {
      out.write(0x8c);
      out.write(utf8.length);
    } else {
      out.write('X');
      out.writeBytes(littleEndian(4).putInt(utf8.length).array());
    }
    out.writeBytes(utf8);
  }

  /** Protocol 2 has no bytes, and Python 3 writes them as Latin-1 text to be encoded. */
  private void writeBytes(byte[] bytes) {
    if (protocol >= 4) {
      out.write('B');
      out.writeBytes(littleEndian(4).putInt(bytes.length).array());
      out.writeBytes(bytes);
      remember();
    } else if (bytes.length == 0) {
      write(new Call(new Name("__builtin__", "bytes")));
    } else {
      write(
          new Call(
              new Name("_codecs", "encode"),
              new String(bytes, StandardCharsets.ISO_8859_1),
              "latin1"));
    }
  }

  private void writeInteger(int number) {
    if (number >= 0 && number < 256) {
      out.write('K');
      out.write(number);
    } else {
      out.write('J');
      out.writeBytes(littleEndian(4).putInt(number).array());
    }
  }

  private void writeLong(BigInteger number) {
    byte[] bigEndian = number.toByteArray();
    out.write(0x8a);
    out.write(bigEndian.length);
    for (int i = bigEndian.length - 1; i >= 0; i--) {
      out.write(bigEndian[i]);
    }
  }

  private void remember() {
    if (protocol >= 4) {
      out.write(0x94);
    } else if (memo < 256) {
      out.write('q');
      out.write(memo++);
    } else {
      out.write('r');
      out.writeBytes(littleEndian(4).putInt(memo++).array());
    }
  }

  private static ByteBuffer littleEndian(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
