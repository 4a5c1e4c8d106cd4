namespace MiniGrad.Lab;

/// <summary>What the program returns to the shell.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>A defect of MiniGrad itself.</summary>
    public const int Defect = 1;

    public const int WrongUsage = 2;

    /// <summary>An input file, weights or data are missing, damaged or do not fit.</summary>
    public const int BadInput = 3;

    /// <summary>A device or memory is missing, or an output folder cannot be written.</summary>
    public const int MissingResource = 4;

    public const int NumericalFailure = 5;

    /// <summary>The run finished, but without some of its examples.</summary>
    public const int ExamplesMissing = 6;

    public const int Interrupted = 130;
}
