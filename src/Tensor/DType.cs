namespace MiniGrad;

/// <summary>The element types: to train (F32), to check (F64), to index (I32), to mask (Bool, one byte, 0 or 1).</summary>
public enum DType
{
    /// <summary>IEEE 754 single precision: 4 bytes, 24 bits of fraction.</summary>
    F32,
    /// <summary>IEEE 754 double precision: 8 bytes, 53 bits of fraction.</summary>
    F64,
    /// <summary>Signed integers of 4 bytes: labels, positions.</summary>
    I32,
    /// <summary>Masks: one byte, 0 or 1.</summary>
    Bool,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    /// <summary>Bytes per element.</summary>
    public static int Size(this DType type) => type switch
    {
        DType.F32 or DType.I32 => 4,
        DType.F64 => 8,
        _ => 1,
    };

    /// <summary>Whether elements are floating-point numbers: F32 or F64.</summary>
    public static bool IsFloat(this DType type) => type is DType.F32 or DType.F64;

    /// <summary>The element type that stores a C# type.</summary>
    /// <exception cref="ArgumentException">No element type stores T.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.F32
        : typeof(T) == typeof(double) ? DType.F64
        : typeof(T) == typeof(int) ? DType.I32
        : typeof(T) == typeof(bool) || typeof(T) == typeof(byte) ? DType.Bool
        : throw new ArgumentException($"tensor: no element type stores {typeof(T).Name}. Use float, double, int or bool.");
}
