package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a Python pickle, protocols 0 to 5, as data. It is the stack machine that CPython's {@code
 * pickletools} module documents, less the opcodes that no checkpoint uses (extension registry,
 * out-of-band buffers). Globals are looked up in {@link Globals}; nothing is imported or run. Every
 * opcode makes at most one object, and the number of opcodes is bounded, so memory is bounded by
 * the size of the file.
 *
 * <p>Python's values become: None {@link PyObject#NONE}, bool Boolean, int Long or BigInteger,
 * float Double, str String, bytes {@code byte[]}, list and set ArrayList, tuple {@link PyTuple},
 * dict {@link PyDict}.
 */
public final class Unpickler {
  /** A checkpoint needs about 30 opcodes a tensor. */
  private static final int MAX_OPCODES = 1 << 22;

  private static final int MAX_LINE = 1 << 16;

  /** Longer bytes stay in the file where a reader takes them from there. */
  private static final int SHORT = 1 << 8;

  private final ByteReader in;
  private final Literals literals;
  private final Globals globals;
  private final Function<Object, Object> persistent;
  private final int maxText;
  private final boolean lazy;
  private final Map<Long, Object> memo = new HashMap<>();
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();

  /**
   * @param in left after the pickle's STOP
   * @param persistent what stands for a persistent id
   */
  public Unpickler(ByteReader in, Function<Object, Object> persistent) {
    this(in, persistent, new Globals(in.file()), MAX_LINE, false);
  }

  private Unpickler(
      ByteReader in,
      Function<Object, Object> persistent,
      Globals globals,
      int maxText,
      boolean lazy) {
    this.in = in;
    this.literals = new Literals(in);
    this.globals = globals;
    this.persistent = persistent;
    this.maxText = maxText;
    this.lazy = lazy;
  }

  /** For a pickle that refers to nothing outside itself. */
  public static Object read(ByteReader in) throws IOException {
    return new Unpickler(in, id -> reference(in)).load();
  }

  /**
   * For a pickle of many byte strings and little else: bytes of more than 256 become {@link
   * FileBytes}, which are read when they are wanted. Those that protocols 0 to 2 write as text are
   * held in memory.
   *
   * @param names the Python names it may use, module and name with a space between; all others are
   *     refused
   * @param maxText how long text may be that is written as a line, as protocol 0 does
   */
  public static Object readBytes(ByteReader in, Set<String> names, int maxText) throws IOException {
    Globals globals = new Globals(in.file(), names);
    return new Unpickler(in, id -> reference(in), globals, maxText, true).load();
  }

  private static Object reference(ByteReader in) {
    throw in.problem("the pickle refers to data outside itself: the file is damaged");
  }

  public Object load() throws IOException {
    for (int i = 0; i < MAX_OPCODES; i++) {
      int opcode = in.u1();
      if (opcode == '.') {
        return pop();
      }
      if (!scalar(opcode) && !container(opcode) && !memory(opcode)) {
        execute(opcode);
      }
    }
    throw in.problem(
        "the pickle has more than " + MAX_OPCODES + " instructions; save only the state dict");
  }

  /** Opcodes that push a number or text. */
  private boolean scalar(int opcode) throws IOException {
    Object value;
    switch (opcode) {
      case 'N' -> value = PyObject.NONE;
      case 0x88 -> value = true;
      case 0x89 -> value = false;
      case 'J' -> value = (long) in.i4();
      case 'K' -> value = (long) in.u1();
      case 'M' -> value = (long) in.u2();
      case 'I' -> value = literals.decimal(in.line(Literals.MAX_DIGITS), true);
      case 'L' -> value = literals.decimal(in.line(Literals.MAX_DIGITS), false);
      case 0x8a -> value = literals.integer(in.u1());
      case 0x8b -> value = literals.integer(literals.lengthOfInteger());
      case 'F' -> value = literals.decimalFraction(in.line(Literals.MAX_DIGITS));
      case 'G' -> value = Double.longBitsToDouble(Long.reverseBytes(in.i8()));
      case 'X' -> value = literals.utf8(in.u4());
      case 0x8c -> value = literals.utf8(in.u1());
      case 0x8d -> value = literals.utf8(in.i8());
      case 'U' -> value = latin1(in.u1());
      case 'T' -> value = latin1(in.i4());
      case 'S' -> value = literals.quoted(in.line(maxText));
      case 'V' -> value = literals.escaped(in.line(maxText));
      case 'B' -> value = bytes(in.u4());
      case 'C' -> value = bytes(in.u1());
      case 0x8e, 0x96 -> value = bytes(in.i8());
      default -> {
        return false;
      }
    }
    stack.add(value);
    return true;
  }

  private Object bytes(long length) throws IOException {
    if (!lazy || length <= SHORT) {
      return in.bytes(length);
    }
    FileBytes bytes = new FileBytes(in.position(), length);
    in.skip(length);
    return bytes;
  }

  /** A string of Python 2, which holds text or bytes. */
  private Object latin1(long length) throws IOException {
    Object bytes = bytes(length);
    return bytes instanceof byte[] text ? new String(text, StandardCharsets.ISO_8859_1) : bytes;
  }

  /** Opcodes that make or fill a list, tuple, set or dict. */
  private boolean container(int opcode) {
    switch (opcode) {
      case ']', 0x8f -> stack.add(new ArrayList<>());
      case '}' -> stack.add(new PyDict());
      case ')' -> stack.add(PyTuple.EMPTY);
      case 'l', 0x91 -> stack.add(new ArrayList<>(popToMark()));
      case 't' -> stack.add(new PyTuple(popToMark()));
      case 'd' -> {
        PyDict dict = new PyDict();
        putAll(dict, popToMark());
        stack.add(dict);
      }
      case 0x85 -> stack.add(new PyTuple(pop(1)));
      case 0x86 -> stack.add(new PyTuple(pop(2)));
      case 0x87 -> stack.add(new PyTuple(pop(3)));
      case 'a' -> {
        List<Object> items = pop(1);
        topList().addAll(items);
      }
      case 'e', 0x90 -> {
        List<Object> items = popToMark();
        topList().addAll(items);
      }
      case 's' -> putAll(dictBelow(2), pop(2));
      case 'u' -> {
        List<Object> items = popToMark();
        putAll(dictBelow(0), items);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes of the stack and the memo. */
  private boolean memory(int opcode) throws IOException {
    switch (opcode) {
      case '(' -> marks.add(stack.size());
      case '0' -> {
        // Right after a mark, POP removes the mark.
        if (!marks.isEmpty() && marks.get(marks.size() - 1) == stack.size()) {
          marks.remove(marks.size() - 1);
        } else {
          pop();
        }
      }
      case '1' -> popToMark();
      case '2' -> stack.add(top());
      case 'p' -> memo.put(literals.index(in.line(Literals.MAX_DIGITS)), top());
      case 'q' -> memo.put((long) in.u1(), top());
      case 'r' -> memo.put(in.u4(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'g' -> stack.add(remembered(literals.index(in.line(Literals.MAX_DIGITS))));
      case 'h' -> stack.add(remembered(in.u1()));
      case 'j' -> stack.add(remembered(in.u4()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes of globals and objects. */
  private void execute(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> {
        int protocol = in.u1();
        if (protocol > 5) {
          throw in.problem("the pickle has protocol " + protocol + "; this library reads 0 to 5");
        }
      }
      case 0x95 -> {
        // Frames only group reads. Their contents come next, and are checked as they come.
        long length = in.i8();
        if (length < 0 || length > in.remaining()) {
          throw in.problem(
              "the pickle has a frame of "
                  + Long.toUnsignedString(length)
                  + " bytes where "
                  + in.remaining()
                  + " are left: the file is truncated or damaged");
        }
      }
      case 'c' -> stack.add(globals.find(in.line(MAX_LINE), in.line(MAX_LINE)));
      case 0x93 -> {
        List<Object> names = pop(2);
        if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
          throw in.problem(
              "the pickle names a Python object by something that is not text: the file is"
                  + " damaged");
        }
        stack.add(globals.find(module, name));
      }
      case 'P' -> stack.add(persistent.apply(in.line(MAX_LINE)));
      case 'Q' -> stack.add(persistent.apply(pop()));
      case 'R', 0x81 -> {
        List<Object> call = pop(2);
        if (!(call.get(1) instanceof PyTuple args)) {
          throw in.problem(
              "the pickle makes a call without a tuple of arguments: the file is damaged");
        }
        stack.add(globals.call(call.get(0), args));
      }
      case 0x92 -> {
        List<Object> call = pop(3);
        if (!(call.get(1) instanceof PyTuple args)) {
          throw in.problem(
              "the pickle makes a call without a tuple of arguments: the file is damaged");
        }
        stack.add(globals.call(call.get(0), args));
      }
      case 'i' -> {
        Object callee = globals.find(in.line(MAX_LINE), in.line(MAX_LINE));
        stack.add(globals.call(callee, new PyTuple(popToMark())));
      }
      case 'o' -> {
        List<Object> call = popToMark();
        if (call.isEmpty()) {
          throw in.problem("the pickle creates an object without a class: the file is damaged");
        }
        stack.add(globals.call(call.get(0), new PyTuple(call.subList(1, call.size()))));
      }
      case 'b' -> {
        Object state = pop();
        globals.setState(top(), state);
      }
      default ->
          throw in.problem(
              String.format(
                  "the pickle has the instruction 0x%02x, which no checkpoint needs: the file is"
                      + " damaged",
                  opcode));
    }
  }

  private Object top() {
    if (stack.size() <= floor()) {
      throw in.problem("the pickle takes a value from an empty stack: the file is damaged");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  private List<Object> pop(int count) {
    if (stack.size() - floor() < count) {
      throw in.problem("the pickle takes a value from an empty stack: the file is damaged");
    }
    return take(stack.size() - count);
  }

  private List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw in.problem("the pickle goes back to a mark that it never set: the file is damaged");
    }
    return take(marks.remove(marks.size() - 1));
  }

  private List<Object> take(int from) {
    List<Object> tail = stack.subList(from, stack.size());
    List<Object> items = new ArrayList<>(tail);
    tail.clear();
    return items;
  }

  /** Values below the last mark are out of reach. */
  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  @SuppressWarnings("unchecked") // every list on the stack was made here as a list of objects
  private List<Object> topList() {
    if (top() instanceof PyObject) {
      return new ArrayList<>(); // what a class derived from list holds is of no use here
    }
    if (!(top() instanceof ArrayList<?> list)) {
      throw in.problem("the pickle appends to something that is not a list: the file is damaged");
    }
    return (List<Object>) list;
  }

  private PyDict dictBelow(int above) {
    int at = stack.size() - above - 1;
    if (at >= floor() && stack.get(at) instanceof PyObject object && object != PyObject.NONE) {
      return object.items();
    }
    if (at < floor() || !(stack.get(at) instanceof PyDict dict)) {
      throw in.problem(
          "the pickle sets an item of something that is not a dict: the file is damaged");
    }
    return dict;
  }

  private void putAll(PyDict dict, List<Object> items) {
    if (items.size() % 2 != 0) {
      throw in.problem("the pickle sets a dict's key without a value: the file is damaged");
    }
    for (int i = 0; i < items.size(); i += 2) {
      dict.put(items.get(i), items.get(i + 1));
    }
  }

  private Object remembered(long index) {
    Object value = memo.get(index);
    if (value == null) {
      throw in.problem(
          "the pickle recalls memo entry " + index + ", which it never set: the file is damaged");
    }
    return value;
  }
}
