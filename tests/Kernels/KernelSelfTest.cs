using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MiniGrad.Tests.Autograd;

namespace MiniGrad.Tests.Kernels;

/// <summary>The tests whose code depends on the processor's instructions, without a test runner around them.</summary>
internal static class KernelSelfTest
{
    /// <summary>Runs them all; prints what vectors there are, and each failure. 0 when all pass.</summary>
    public static int Run()
    {
        Console.WriteLine($"avx2 {Avx2.IsSupported} 256 {Vector256.IsHardwareAccelerated} 512 {Vector512.IsHardwareAccelerated}");
        int failures = 0;
        PointwiseTests pointwise = new();
        OpTableTests table = new();
        foreach (OpRow row in OpTable.Rows)
        {
            Try(() => table.TheFastKernelsAgreeWithTheReference(row.Name));
            if (row.Exact is null) continue;
            Try(() => pointwise.AResultDoesNotDependOnItsPlaceInARow(row.Name));
            Try(() => pointwise.ANeighbourDoesNotChangeAResult(row.Name));
            Try(() => pointwise.SpecialValuesComeOutAsOfTheReference(row.Name));
        }
        MatMulTests matMul = new();
        ReduceTests reduce = new();
        ConvTests conv = new();
        MatMulEpilogueTests epilogue = new();
        ConvFamilyTests families = new();
        Try(families.EachFamilyIsChosenBySomeShape);
        Try(families.EveryShapeUnderEveryFinish);
        Try(families.ANaNPassesTheMaximum);
        RowTests rows = new();
        Try(rows.ExponentialsOfFloatsAreWithinOneUnit);
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Try(() => matMul.EveryTileEdge(type));
            Try(() => matMul.EveryBlockEdge(type));
            Try(() => reduce.EveryAxisOfEveryLayout(type));
            Try(() => conv.AcrossBlocks(type));
            Try(() => epilogue.OneRowAtEveryWidth(type));
            Try(() => epilogue.EveryHeight(type));
            Try(() => epilogue.HeadsWhereTheyLie(type));
            Try(() => epilogue.WeightsThatAreKept(type));
            Try(() => rows.EveryLength(type));
            Try(() => rows.ExtremeRows(type));
            Try(() => rows.EveryTransposeIsACopy(type));
        }
        Console.WriteLine($"{failures} failures");
        return failures == 0 ? 0 : 1;

        void Try(Action test)
        {
            try
            {
                test();
            }
            catch (Exception error)
                when (error is Xunit.Sdk.XunitException or InvalidOperationException or ArgumentException or NotSupportedException)
            {
                failures++;
                Console.WriteLine(error.Message);
            }
        }
    }
}
