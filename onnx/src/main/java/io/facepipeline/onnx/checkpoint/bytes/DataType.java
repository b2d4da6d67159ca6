package io.facepipeline.onnx.checkpoint.bytes;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How the elements of a tensor are stored in the checkpoint. */
public enum DataType {
  /** IEEE 754 binary32. */
  FLOAT(4),
  /** IEEE 754 binary16. */
  HALF(2),
  /** The upper half of a binary32. */
  BFLOAT16(2),
  /** IEEE 754 binary64. */
  DOUBLE(8),
  /** Signed, 64 bits. */
  LONG(8),
  /** Signed, 32 bits. */
  INT(4),
  /** Signed, 16 bits. */
  SHORT(2),
  /** Signed, 8 bits. */
  BYTE(1),
  /** Unsigned, 8 bits: 0 to 255. */
  UBYTE(1),
  /** One byte: 0 is false, all else is true. */
  BOOL(1);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The size of one element.
   *
   * @return bytes per element: 1, 2, 4 or 8
   */
  public int bytes() {
    return bytes;
  }

  /**
   * Whether the elements are whole numbers or booleans.
   *
   * @return false for FLOAT, HALF, BFLOAT16 and DOUBLE
   */
  public boolean isIntegral() {
    return switch (this) {
      case FLOAT, HALF, BFLOAT16, DOUBLE -> false;
      case LONG, INT, SHORT, BYTE, UBYTE, BOOL -> true;
    };
  }

  public float floatAt(ByteBuffer data, int at) {
    return switch (this) {
      case FLOAT -> data.getFloat(at);
      case HALF -> halfToFloat(data.getShort(at));
      case BFLOAT16 -> Float.intBitsToFloat(data.getShort(at) << 16);
      case DOUBLE -> (float) data.getDouble(at);
      case LONG, INT, SHORT, BYTE, UBYTE, BOOL -> longAt(data, at);
    };
  }

  public long longAt(ByteBuffer data, int at) {
    return switch (this) {
      case LONG -> data.getLong(at);
      case INT -> data.getInt(at);
      case SHORT -> data.getShort(at);
      case BYTE -> data.get(at);
      case UBYTE -> Byte.toUnsignedInt(data.get(at));
      case BOOL -> data.get(at) == 0 ? 0 : 1;
      case FLOAT, HALF, BFLOAT16, DOUBLE ->
          throw new IllegalStateException(
              "elements of type " + this + " are not whole numbers; use floats()");
    };
  }

  /** Float.float16ToFloat came with Java 20. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      // Subnormal: the value is fraction * 2^-24, which a float holds exactly.
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int floatExponent = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | floatExponent << 23 | fraction << 13);
  }

  /**
   * The type of a NumPy kind and size such as "f4", without its byte order; null where there is
   * none.
   */
  public static @Nullable DataType ofNumpy(String code) {
    return switch (code) {
      case "f4" -> FLOAT;
      case "f2" -> HALF;
      case "f8" -> DOUBLE;
      case "i8" -> LONG;
      case "i4" -> INT;
      case "i2" -> SHORT;
      case "i1" -> BYTE;
      case "u1" -> UBYTE;
      case "b1" -> BOOL;
      default -> null;
    };
  }

  /** The type of a safetensors dtype; null where there is none. */
  public static @Nullable DataType ofSafetensors(String code) {
    return switch (code) {
      case "F32" -> FLOAT;
      case "F16" -> HALF;
      case "BF16" -> BFLOAT16;
      case "F64" -> DOUBLE;
      case "I64" -> LONG;
      case "I32" -> INT;
      case "I16" -> SHORT;
      case "I8" -> BYTE;
      case "U8" -> UBYTE;
      case "BOOL" -> BOOL;
      default -> null;
    };
  }

  /** The name of the PyTorch storage class, without "Storage". */
  public String torchName() {
    return switch (this) {
      case FLOAT -> "Float";
      case HALF -> "Half";
      case BFLOAT16 -> "BFloat16";
      case DOUBLE -> "Double";
      case LONG -> "Long";
      case INT -> "Int";
      case SHORT -> "Short";
      case BYTE -> "Char";
      case UBYTE -> "Byte";
      case BOOL -> "Bool";
    };
  }
}
