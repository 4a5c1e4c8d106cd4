namespace MiniGrad.Formats.Weights;

/// <summary>
/// Reads one Python pickle, protocols 0 to 5, as far as weights need it: a stack of plain values, and of classes only the
/// few of <see cref="PickleTable"/>. Python's <c>pickletools</c> defines the steps.
/// </summary>
internal sealed partial class PickleMachine(PickleInput input, PickleBudget budget, Func<object?, long, object?> persistent)
{
    private const int MostMemo = 1 << 20;

    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>Tells a remembered None from a number that was never given.</summary>
    private static readonly object None = new();

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private object?[] memo = new object?[64];
    private int memoized;
    private long at;

    /// <summary>The value, whose last byte the input then stands behind.</summary>
    public object? Load()
    {
        while (true)
        {
            at = input.Position;
            budget.Step(input);
            PickleStep step = (PickleStep)input.Byte();
            if (step == PickleStep.Stop)
            {
                return stack.Count == 1 && marks.Count == 0 ? stack[0] : throw Bad("the pickle ends with more or less than one value");
            }
            if (!(Plain(step) || Collected(step) || Remembered(step) || Called(step)))
            {
                throw Bad($"0x{(byte)step:X2} is no step of a pickle that is read here. The file is damaged: fetch it again");
            }
        }
    }

    /// <summary>Containers and the stack itself.</summary>
    private bool Collected(PickleStep step)
    {
        switch (step)
        {
            case PickleStep.Mark:
                marks.Add(stack.Count);
                return true;
            case PickleStep.Pop:
                if (marks.Count > 0 && marks[^1] == stack.Count) marks.RemoveAt(marks.Count - 1);
                else Pop();
                return true;
            case PickleStep.PopMark:
                PopMark();
                return true;
            case PickleStep.Duplicate:
                return Push(Top());
            case PickleStep.EmptyTuple:
                return Push(new PickleTuple([]));
            case PickleStep.Tuple1:
                return Push(new PickleTuple([Pop()]));
            case PickleStep.Tuple2:
                return Push(new PickleTuple(Last(2)));
            case PickleStep.Tuple3:
                return Push(new PickleTuple(Last(3)));
            case PickleStep.Tuple:
                return Push(new PickleTuple(PopMark()));
            case PickleStep.EmptyList:
                return Push(new PickleList());
            case PickleStep.List:
                return Push(Extend(new PickleList(), PopMark()));
            case PickleStep.Append:
                object? item = Pop();
                Extend(Top(), [item]);
                return true;
            case PickleStep.Appends:
                object?[] items = PopMark();
                Extend(Top(), items);
                return true;
            case PickleStep.EmptyDictionary:
                return Push(new PickleDictionary());
            case PickleStep.Dictionary:
                return Push(Set(new PickleDictionary(), PopMark()));
            case PickleStep.SetItem:
                object?[] pair = Last(2);
                Set(Top(), pair);
                return true;
            case PickleStep.SetItems:
                object?[] pairs = PopMark();
                Set(Top(), pairs);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Values that the pickle comes back to by a number.</summary>
    private bool Remembered(PickleStep step)
    {
        switch (step)
        {
            case PickleStep.Memoize:
                return Remember(memoized);
            case PickleStep.PutByte:
                return Remember(input.Byte());
            case PickleStep.PutInt:
                return Remember((uint)input.I32());
            case PickleStep.PutLine:
                return Remember(Number(input.Line()) is long number ? number : -1);
            case PickleStep.GetByte:
                return Push(Recall(input.Byte()));
            case PickleStep.GetInt:
                return Push(Recall((uint)input.I32()));
            case PickleStep.GetLine:
                return Push(Recall(Number(input.Line()) is long place ? place : -1));
            default:
                return false;
        }
    }

    /// <summary>Names of the table, what stands for calling them, and values that lie outside of the pickle.</summary>
    private bool Called(PickleStep step)
    {
        switch (step)
        {
            case PickleStep.Global:
                string module = Line(input.Line());
                return Push(PickleTable.Find(input, module, Line(input.Line()), at));
            case PickleStep.StackGlobal:
                object?[] names = Last(2);
                return Push(names is [string from, string name]
                    ? PickleTable.Find(input, from, name, at)
                    : throw Bad("the name of a class is no text"));
            case PickleStep.Reduce:
                object?[] call = Last(2);
                if (call is not [PickleGlobal global, PickleTuple args])
                {
                    throw Bad($"{What(call[0])} is called, which is no function that is read");
                }
                return Push(global.Call(input, args.Items, at));
            case PickleStep.Build:
                object? state = Pop();
                Build(Top(), state);
                return true;
            case PickleStep.PersistentLine:
                return Push(persistent(Line(input.Line()), at));
            case PickleStep.Persistent:
                return Push(persistent(Pop(), at));
            case PickleStep.NewObject or PickleStep.NewObjectByKeywords or PickleStep.Object or PickleStep.Instance:
                throw Bad("makes an object of a class, which is not read: no code from a file is ever run. Save the state_dict alone");
            default:
                return false;
        }
    }

    private bool Push(object? value)
    {
        stack.Add(value);
        return true;
    }

    private object? Pop()
    {
        object? value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object? Top() =>
        stack.Count > Floor ? stack[^1] : throw Bad("a step finds too few values. The file is damaged: fetch it again");

    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    private object?[] Last(int count)
    {
        if (stack.Count - Floor < count) throw Bad("a step finds too few values. The file is damaged: fetch it again");
        object?[] items = new object?[count];
        stack.CopyTo(stack.Count - count, items, 0, count);
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private object?[] PopMark()
    {
        if (marks.Count == 0) throw Bad("a step finds no mark. The file is damaged: fetch it again");
        object?[] items = Last(stack.Count - Floor);
        marks.RemoveAt(marks.Count - 1);
        return items;
    }

    private PickleList Extend(object? target, object?[] items)
    {
        if (target is not PickleList list) throw Bad($"{What(target)} is no list to append to");
        foreach (object? item in items) list.Add(item);
        return list;
    }

    private PickleDictionary Set(object? target, object?[] pairs)
    {
        if (target is not PickleDictionary dictionary) throw Bad($"{What(target)} is no dictionary to put something into");
        if (pairs.Length % 2 != 0) throw Bad("a key of a dictionary has no value");
        for (int i = 0; i < pairs.Length; i += 2) dictionary.Add(pairs[i], pairs[i + 1]);
        return dictionary;
    }

    /// <summary>The attributes of an object: those of a state_dict (its layers' versions) change nothing here.</summary>
    private void Build(object? target, object? state)
    {
        if (target is PickleNumberType type && state is PickleTuple { Items: [_, string order, ..] }) type.IsBigEndian = order == ">";
        else if (target is not PickleDictionary)
        {
            throw Bad($"{What(target)} is given attributes, which is not read: no code from a file is ever run. Save the state_dict alone");
        }
    }

    private bool Remember(long index)
    {
        if (index < 0 || index >= MostMemo) throw Bad($"the pickle numbers more than {MostMemo} values. Save the state_dict alone");
        if (index >= memo.Length) Array.Resize(ref memo, (int)Math.Min(MostMemo, Math.Max(index + 1, 2L * memo.Length)));
        memo[index] = Top() ?? None;
        memoized++;
        return true;
    }

    private object? Recall(long index)
    {
        if (index < 0 || index >= memo.Length || memo[index] is not { } kept)
        {
            throw Bad($"the pickle comes back to value {index}, which it did not number");
        }
        return kept == None ? null : kept;
    }

    private static string What(object? value) => value switch
    {
        PickleGlobal global => global.Name,
        PickleDictionary => "a dictionary",
        PickleList => "a list",
        PickleTuple => "a tuple",
        TorchTensor => "a tensor",
        string => "a text",
        null => "None",
        _ => "a value",
    };

    private BadFileException Bad(string problem) => input.Bad(at, problem);
}
