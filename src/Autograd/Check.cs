namespace MiniGrad;

/// <summary>What operations ask of their operands before a kernel runs.</summary>
internal static class Check
{
    public static void Float(string operation, Tensor x)
    {
        if (!x.Type.IsFloat()) Throw.Argument($"{operation}: needs F32 or F64, got {x.Type} {x.Shape}. Cast it first.");
    }

    public static void Alike(string operation, Tensor a, Tensor b)
    {
        if (a.Type != b.Type) Throw.Argument($"{operation}: element types differ: {a.Type} and {b.Type}. Cast one side.");
        SameDevice(operation, a, b);
    }

    public static void SameDevice(string operation, Tensor a, Tensor b)
    {
        if (!ReferenceEquals(a.Device, b.Device))
        {
            Throw.Argument($"{operation}: operands lie on {a.Device} and {b.Device}. Move one with To(device).");
        }
    }

    public static void Rank(string operation, string what, Tensor x, int rank)
    {
        if (x.Rank != rank) Throw.Argument($"{operation}: {what} has shape {x.Shape}, needs {rank} axes.");
    }

    public static void Type(string operation, string what, Tensor x, DType type)
    {
        if (x.Type != type) Throw.Argument($"{operation}: {what} holds {x.Type}, needs {type}.");
    }
}
