namespace Mambascope.Checkpoints;

/// <summary>
/// Interprets the instructions of a pickle into plain values. It imports nothing and calls nothing but <see cref="PickleGlobals"/>:
/// a pickle that names <c>os.system</c> gets an opaque value.
/// </summary>
/// <remarks>
/// Nothing here recurses, and every instruction adds at most a constant number of references to the heap besides the bytes it
/// carries: time and memory are linear in the pickle's length. Values may refer to themselves; no code walks them blindly.
/// </remarks>
internal sealed class Unpickler
{
    private const int NewestProtocol = 5;

    private readonly PickleReader reader;
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];

    // A dictionary and not an array: a hostile pickle may put its only value at place four billion.
    private readonly Dictionary<long, object?> memo = [];

    private readonly Dictionary<string, PickleStorage> storages = new(StringComparer.Ordinal);
    private readonly bool keepsLists;

    private Unpickler(PickleReader reader, bool keepsLists) => (this.reader, this.keepsLists) = (reader, keepsLists);

    /// <summary>The value that a pickle describes.</summary>
    /// <exception cref="BadInputException">The pickle is damaged.</exception>
    public static object? Load(byte[] pickle, string file) => Load(new PickleReader(pickle, file), out _);

    /// <summary>
    /// The value that the next pickle of a row describes, and the storages it names by their keys; the reader stands behind it.
    /// </summary>
    /// <param name="reader">Stands at the pickle.</param>
    /// <param name="storages">By key; of two of one key the later.</param>
    /// <param name="keepsLists">Whether lists are <see cref="PickleList"/>; else they are opaque.</param>
    /// <exception cref="BadInputException">The pickle is damaged.</exception>
    public static object? Load(PickleReader reader, out IReadOnlyDictionary<string, PickleStorage> storages, bool keepsLists = false)
    {
        var unpickler = new Unpickler(reader, keepsLists);
        while (unpickler.Step())
        {
        }

        storages = unpickler.storages;
        return unpickler.Pop();
    }

    /// <summary>Interprets one instruction; false after the last.</summary>
    private bool Step()
    {
        var code = reader.Byte();
        switch ((PickleOpcode)code)
        {
            case PickleOpcode.Stop:
                return false;
            case PickleOpcode.Proto:
                if (reader.Byte() is > NewestProtocol and var protocol)
                {
                    throw reader.Damaged($"protocol {protocol}, expected at most {NewestProtocol}");
                }

                break;
            case PickleOpcode.Frame:
                reader.Skip(8);
                break;

            case PickleOpcode.None: Push(null); break;
            case PickleOpcode.NewTrue: Push(true); break;
            case PickleOpcode.NewFalse: Push(false); break;
            case PickleOpcode.BinInt: Push((long)reader.Int32()); break;
            case PickleOpcode.BinInt1: Push((long)reader.Byte()); break;
            case PickleOpcode.BinInt2: Push((long)reader.UInt16()); break;
            case PickleOpcode.Int: Push(reader.DecimalInteger()); break;
            case PickleOpcode.Long: Push(reader.DecimalInteger()); break;
            case PickleOpcode.Long1: Push(reader.BigInteger(reader.Byte())); break;
            case PickleOpcode.Long4: Push(reader.BigInteger(reader.Int32())); break;
            case PickleOpcode.BinFloat: Push(reader.Double()); break;
            case PickleOpcode.Float: Push(double.TryParse(reader.Line(), out var number) ? number : double.NaN); break;

            case PickleOpcode.BinUnicode: Push(reader.Utf8(reader.UInt32())); break;
            case PickleOpcode.ShortBinUnicode: Push(reader.Utf8(reader.Byte())); break;
            case PickleOpcode.BinUnicode8: Push(reader.Utf8(reader.Length8())); break;
            case PickleOpcode.BinString: Push(reader.Latin1(reader.Int32())); break;
            case PickleOpcode.ShortBinString: Push(reader.Latin1(reader.Byte())); break;
            case PickleOpcode.Unicode: Push(reader.Line()); break;
            case PickleOpcode.String: Push(reader.Line().Trim('\'', '"')); break;

            case PickleOpcode.BinBytes: PushBytes(reader.UInt32()); break;
            case PickleOpcode.ShortBinBytes: PushBytes(reader.Byte()); break;
            case PickleOpcode.BinBytes8: PushBytes(reader.Length8()); break;
            case PickleOpcode.ByteArray8: PushBytes(reader.Length8()); break;

            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: Push(PopMany(1)); break;
            case PickleOpcode.Tuple2: Push(PopMany(2)); break;
            case PickleOpcode.Tuple3: Push(PopMany(3)); break;
            case PickleOpcode.Tuple: Push(PopToMark()); break;
            case PickleOpcode.EmptyList: PushList([]); break;
            case PickleOpcode.List: PushList(PopToMark()); break;
            case PickleOpcode.Append: AddAll(PopMany(1)); break;
            case PickleOpcode.Appends: AddAll(PopToMark()); break;
            case PickleOpcode.EmptyDict: Push(new PickleDict()); break;
            case PickleOpcode.Dict: PushDict(PopToMark()); break;
            case PickleOpcode.SetItem: SetAll(PopMany(2)); break;
            case PickleOpcode.SetItems: SetAll(PopToMark()); break;
            case PickleOpcode.EmptySet: Push(PickleOpaque.Set); break;
            case PickleOpcode.FrozenSet: PopToMark(); Push(PickleOpaque.Set); break;
            case PickleOpcode.AddItems: PopToMark(); Top(); break;

            case PickleOpcode.Mark:
                marks.Add(stack.Count);
                break;
            case PickleOpcode.Pop:
                PopOrMark();
                break;
            case PickleOpcode.PopMark:
                PopToMark();
                break;
            case PickleOpcode.Dup:
                Push(Top());
                break;
            case PickleOpcode.Get:
                Push(Recall(reader.DecimalInteger()));
                break;
            case PickleOpcode.BinGet:
                Push(Recall((long)reader.Byte()));
                break;
            case PickleOpcode.LongBinGet:
                Push(Recall(reader.UInt32()));
                break;
            case PickleOpcode.Put:
                memo[reader.DecimalInteger() as long? ?? throw reader.Damaged("a memo place is not a number")] = Top();
                break;
            case PickleOpcode.BinPut:
                memo[reader.Byte()] = Top();
                break;
            case PickleOpcode.LongBinPut:
                memo[reader.UInt32()] = Top();
                break;
            case PickleOpcode.Memoize:
                memo[memo.Count] = Top();
                break;

            case PickleOpcode.Global: Push(new PickleGlobal(reader.Line(), reader.Line())); break;
            case PickleOpcode.StackGlobal: PushGlobal(); break;
            case PickleOpcode.Reduce: Push(Call(PopMany(2))); break;
            case PickleOpcode.NewObj: Push(Call(PopMany(2))); break;
            case PickleOpcode.NewObjEx: Push(Call(PopMany(3))); break;
            case PickleOpcode.Inst: Instantiate(new PickleGlobal(reader.Line(), reader.Line())); break;
            case PickleOpcode.Obj: PopToMark(); Push(PickleOpaque.Other); break;
            case PickleOpcode.Build: Pop(); Top(); break; // An object's state: nothing that is kept has any use for it.
            case PickleOpcode.BinPersistentId: PushPersistent(Pop()); break;
            case PickleOpcode.PersistentId: reader.Line(); Push(PickleOpaque.Other); break;

            case PickleOpcode.Ext1: reader.Skip(1); Push(PickleOpaque.Other); break;
            case PickleOpcode.Ext2: reader.Skip(2); Push(PickleOpaque.Other); break;
            case PickleOpcode.Ext4: reader.Skip(4); Push(PickleOpaque.Other); break;
            case PickleOpcode.NextBuffer: Push(PickleOpaque.Other); break;
            case PickleOpcode.ReadonlyBuffer: Top(); break;
            default:
                throw reader.Damaged($"unknown instruction 0x{code:X2}");
        }

        return true;
    }

    private static object? Call(object?[] functionAndArguments) => PickleGlobals.Call(functionAndArguments[0], functionAndArguments[1]);

    private void Instantiate(PickleGlobal type) => Push(PickleGlobals.Call(type, PopToMark()));

    private void PushGlobal()
    {
        var names = PopMany(2);
        Push(names is [string module, string name] ? new PickleGlobal(module, name) : throw reader.Damaged("a class is not named by text"));
    }

    private void PushBytes(long count)
    {
        reader.Skip(count);
        Push(PickleOpaque.Bytes);
    }

    private void PushDict(object?[] keysAndValues)
    {
        Push(new PickleDict());
        SetAll(keysAndValues);
    }

    private void PushList(object?[] items) => Push(keepsLists ? new PickleList(items) : PickleOpaque.List);

    private void AddAll(object?[] items) => (Top() as PickleList)?.Items.AddRange(items);

    private void PushPersistent(object? id)
    {
        var value = PickleGlobals.Persistent(id);
        Push(value);
        if (value is PickleStorage storage)
        {
            storages[storage.Key] = storage;
        }
    }

    /// <summary>Sets entries of the dict on top; anything else there is an unknown class with dict behaviour.</summary>
    private void SetAll(object?[] keysAndValues)
    {
        if (Top() is PickleDict dictionary)
        {
            for (var i = 0; i + 1 < keysAndValues.Length; i += 2)
            {
                dictionary.Set(keysAndValues[i], keysAndValues[i + 1]);
            }
        }
    }

    private void Push(object? value) => stack.Add(value);

    /// <summary>Number of values above the innermost mark; those below it cannot be reached.</summary>
    private int Reachable => stack.Count - (marks.Count > 0 ? marks[^1] : 0);

    private object? Top() => Reachable > 0 ? stack[^1] : throw reader.Damaged("the stack is empty");

    private object? Pop()
    {
        var value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private void PopOrMark()
    {
        if (Reachable == 0 && marks.Count > 0)
        {
            marks.RemoveAt(marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private object?[] PopMany(int count)
    {
        if (Reachable < count)
        {
            throw reader.Damaged("the stack is empty");
        }

        object?[] values = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        var values = PopMany(Reachable);
        if (marks.Count == 0)
        {
            throw reader.Damaged("a mark is missing");
        }

        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    private object? Recall(object place)
    {
        return place is long index && memo.TryGetValue(index, out var value) ? value : throw reader.Damaged("a memo place is empty");
    }
}
