using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Kernels.Cpu;

/// <summary>
/// Square blocks of floats turned on their side in registers: 16 × 16 with 512 bits, 8 × 8 with 256, 4 × 4 with 128.
/// Pairs of rows are interleaved by 1, 2, 4 and 8 elements in turn, which leaves columns.
/// </summary>
internal static unsafe class Transpose
{
    /// <summary>The side of a block: the floats of the widest register.</summary>
    public static int Side =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 16 : Vector256.IsHardwareAccelerated && Avx.IsSupported ? 8 : 4;

    /// <summary>
    /// to [columns, width] = from [rows, columns] on its side; lanes from rows to width become 0. Writes nothing
    /// outside.
    /// </summary>
    public static void Pack<T>(T* from, long rowStep, int rows, int columns, T* to, int width) where T : unmanaged
    {
        int done = 0;
        // A block may write over the end of a line; the next line comes after it, so the last ones are left to the loop.
        for (; typeof(T) == typeof(float) && done + Side < columns; done += Side)
        {
            // Rows far apart are as many streams, more than the processor follows by itself.
            for (int row = 0; Sse.IsSupported && row < rows; row++) Sse.Prefetch1(from + row * rowStep + done + 8 * Side);
            // The first lanes last: what a block of later lanes wrote over them is put right.
            for (int row = (width - 1) / Side * Side; row >= 0; row -= Side)
            {
                Block(new StridedLines((float*)(from + row * rowStep + done), rowStep),
                    Math.Min(Side, rows - row), new StridedLines((float*)(to + (long)done * width + row), width));
            }
        }
        for (int row = 0; row < width; row++)
        {
            T* target = to + (long)done * width + row;
            T* source = from + row * rowStep;
            for (int column = done; column < columns; column++, target += width) *target = row < rows ? source[column] : default;
        }
    }

    /// <summary>
    /// One block; rows that are not there are 0. Lines are written in order, since each may write over the start of the
    /// next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Block<A, B>(A from, int rows, B to) where A : struct, ILines where B : struct, ILines
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) Block16(from, rows, to);
        else if (Vector256.IsHardwareAccelerated && Avx.IsSupported) Block8(from, rows, to);
        else Block4(from, rows, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block16<A, B>(A from, int rows, B to) where A : struct, ILines where B : struct, ILines
    {
        Vector512<float> r0 = 0 < rows ? Vector512.Load(from.At(0)) : default;
        Vector512<float> r1 = 1 < rows ? Vector512.Load(from.At(1)) : default;
        Vector512<float> r2 = 2 < rows ? Vector512.Load(from.At(2)) : default;
        Vector512<float> r3 = 3 < rows ? Vector512.Load(from.At(3)) : default;
        Vector512<float> r4 = 4 < rows ? Vector512.Load(from.At(4)) : default;
        Vector512<float> r5 = 5 < rows ? Vector512.Load(from.At(5)) : default;
        Vector512<float> r6 = 6 < rows ? Vector512.Load(from.At(6)) : default;
        Vector512<float> r7 = 7 < rows ? Vector512.Load(from.At(7)) : default;
        Vector512<float> r8 = 8 < rows ? Vector512.Load(from.At(8)) : default;
        Vector512<float> r9 = 9 < rows ? Vector512.Load(from.At(9)) : default;
        Vector512<float> r10 = 10 < rows ? Vector512.Load(from.At(10)) : default;
        Vector512<float> r11 = 11 < rows ? Vector512.Load(from.At(11)) : default;
        Vector512<float> r12 = 12 < rows ? Vector512.Load(from.At(12)) : default;
        Vector512<float> r13 = 13 < rows ? Vector512.Load(from.At(13)) : default;
        Vector512<float> r14 = 14 < rows ? Vector512.Load(from.At(14)) : default;
        Vector512<float> r15 = 15 < rows ? Vector512.Load(from.At(15)) : default;
        (Vector512<float> a0, Vector512<float> a1, Vector512<float> a2, Vector512<float> a3) = Columns(r0, r1, r2, r3);
        (Vector512<float> a4, Vector512<float> a5, Vector512<float> a6, Vector512<float> a7) = Columns(r4, r5, r6, r7);
        (Vector512<float> a8, Vector512<float> a9, Vector512<float> a10, Vector512<float> a11) = Columns(r8, r9, r10, r11);
        (Vector512<float> a12, Vector512<float> a13, Vector512<float> a14, Vector512<float> a15) = Columns(r12, r13, r14, r15);
        // Quarter q of a[4 g + j] holds column 4 q + j of the rows 4 g to 4 g + 3.
        Vector512<float> even0 = Avx512F.Shuffle4x128(a0, a4, 0x88);
        Vector512<float> odd0 = Avx512F.Shuffle4x128(a0, a4, 0xdd);
        Vector512<float> evenBelow0 = Avx512F.Shuffle4x128(a8, a12, 0x88);
        Vector512<float> oddBelow0 = Avx512F.Shuffle4x128(a8, a12, 0xdd);
        Vector512<float> even1 = Avx512F.Shuffle4x128(a1, a5, 0x88);
        Vector512<float> odd1 = Avx512F.Shuffle4x128(a1, a5, 0xdd);
        Vector512<float> evenBelow1 = Avx512F.Shuffle4x128(a9, a13, 0x88);
        Vector512<float> oddBelow1 = Avx512F.Shuffle4x128(a9, a13, 0xdd);
        Vector512<float> even2 = Avx512F.Shuffle4x128(a2, a6, 0x88);
        Vector512<float> odd2 = Avx512F.Shuffle4x128(a2, a6, 0xdd);
        Vector512<float> evenBelow2 = Avx512F.Shuffle4x128(a10, a14, 0x88);
        Vector512<float> oddBelow2 = Avx512F.Shuffle4x128(a10, a14, 0xdd);
        Vector512<float> even3 = Avx512F.Shuffle4x128(a3, a7, 0x88);
        Vector512<float> odd3 = Avx512F.Shuffle4x128(a3, a7, 0xdd);
        Vector512<float> evenBelow3 = Avx512F.Shuffle4x128(a11, a15, 0x88);
        Vector512<float> oddBelow3 = Avx512F.Shuffle4x128(a11, a15, 0xdd);
        Avx512F.Shuffle4x128(even0, evenBelow0, 0x88).Store(to.At(0));
        Avx512F.Shuffle4x128(even1, evenBelow1, 0x88).Store(to.At(1));
        Avx512F.Shuffle4x128(even2, evenBelow2, 0x88).Store(to.At(2));
        Avx512F.Shuffle4x128(even3, evenBelow3, 0x88).Store(to.At(3));
        Avx512F.Shuffle4x128(odd0, oddBelow0, 0x88).Store(to.At(4));
        Avx512F.Shuffle4x128(odd1, oddBelow1, 0x88).Store(to.At(5));
        Avx512F.Shuffle4x128(odd2, oddBelow2, 0x88).Store(to.At(6));
        Avx512F.Shuffle4x128(odd3, oddBelow3, 0x88).Store(to.At(7));
        Avx512F.Shuffle4x128(even0, evenBelow0, 0xdd).Store(to.At(8));
        Avx512F.Shuffle4x128(even1, evenBelow1, 0xdd).Store(to.At(9));
        Avx512F.Shuffle4x128(even2, evenBelow2, 0xdd).Store(to.At(10));
        Avx512F.Shuffle4x128(even3, evenBelow3, 0xdd).Store(to.At(11));
        Avx512F.Shuffle4x128(odd0, oddBelow0, 0xdd).Store(to.At(12));
        Avx512F.Shuffle4x128(odd1, oddBelow1, 0xdd).Store(to.At(13));
        Avx512F.Shuffle4x128(odd2, oddBelow2, 0xdd).Store(to.At(14));
        Avx512F.Shuffle4x128(odd3, oddBelow3, 0xdd).Store(to.At(15));
    }

    /// <summary>The 4 × 4 blocks side by side in four rows, each turned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Columns(
        Vector512<float> r0, Vector512<float> r1, Vector512<float> r2, Vector512<float> r3)
    {
        Vector512<double> low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        Vector512<double> high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        Vector512<double> high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        return (Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(),
            Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block8<A, B>(A from, int rows, B to) where A : struct, ILines where B : struct, ILines
    {
        Vector256<float> r0 = 0 < rows ? Vector256.Load(from.At(0)) : default;
        Vector256<float> r1 = 1 < rows ? Vector256.Load(from.At(1)) : default;
        Vector256<float> r2 = 2 < rows ? Vector256.Load(from.At(2)) : default;
        Vector256<float> r3 = 3 < rows ? Vector256.Load(from.At(3)) : default;
        Vector256<float> r4 = 4 < rows ? Vector256.Load(from.At(4)) : default;
        Vector256<float> r5 = 5 < rows ? Vector256.Load(from.At(5)) : default;
        Vector256<float> r6 = 6 < rows ? Vector256.Load(from.At(6)) : default;
        Vector256<float> r7 = 7 < rows ? Vector256.Load(from.At(7)) : default;
        (Vector256<float> a0, Vector256<float> a1, Vector256<float> a2, Vector256<float> a3) = Columns(r0, r1, r2, r3);
        (Vector256<float> a4, Vector256<float> a5, Vector256<float> a6, Vector256<float> a7) = Columns(r4, r5, r6, r7);
        Avx.Permute2x128(a0, a4, 0x20).Store(to.At(0));
        Avx.Permute2x128(a1, a5, 0x20).Store(to.At(1));
        Avx.Permute2x128(a2, a6, 0x20).Store(to.At(2));
        Avx.Permute2x128(a3, a7, 0x20).Store(to.At(3));
        Avx.Permute2x128(a0, a4, 0x31).Store(to.At(4));
        Avx.Permute2x128(a1, a5, 0x31).Store(to.At(5));
        Avx.Permute2x128(a2, a6, 0x31).Store(to.At(6));
        Avx.Permute2x128(a3, a7, 0x31).Store(to.At(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>) Columns(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3)
    {
        Vector256<double> low01 = Avx.UnpackLow(r0, r1).AsDouble();
        Vector256<double> high01 = Avx.UnpackHigh(r0, r1).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(r2, r3).AsDouble();
        Vector256<double> high23 = Avx.UnpackHigh(r2, r3).AsDouble();
        return (Avx.UnpackLow(low01, low23).AsSingle(), Avx.UnpackHigh(low01, low23).AsSingle(),
            Avx.UnpackLow(high01, high23).AsSingle(), Avx.UnpackHigh(high01, high23).AsSingle());
    }

    private static void Block4<A, B>(A from, int rows, B to) where A : struct, ILines where B : struct, ILines
    {
        Vector128<float> r0 = rows > 0 ? Vector128.Load(from.At(0)) : default;
        Vector128<float> r1 = rows > 1 ? Vector128.Load(from.At(1)) : default;
        Vector128<float> r2 = rows > 2 ? Vector128.Load(from.At(2)) : default;
        Vector128<float> r3 = rows > 3 ? Vector128.Load(from.At(3)) : default;
        Vector128<float> low02 = Low(r0, r2);
        Vector128<float> high02 = High(r0, r2);
        Vector128<float> low13 = Low(r1, r3);
        Vector128<float> high13 = High(r1, r3);
        Low(low02, low13).Store(to.At(0));
        High(low02, low13).Store(to.At(1));
        Low(high02, high13).Store(to.At(2));
        High(high02, high13).Store(to.At(3));
    }

    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);
}

/// <summary>Where the lines of a block begin.</summary>
internal unsafe interface ILines
{
    float* At(int line);
}

/// <summary>Lines a fixed step apart.</summary>
internal readonly unsafe struct StridedLines(float* first, long step) : ILines
{
    public float* At(int line) => first + line * step;
}

/// <summary>Lines at listed places.</summary>
internal readonly unsafe struct PlacedLines(float* origin, int* places) : ILines
{
    public float* At(int line) => origin + places[line];
}
