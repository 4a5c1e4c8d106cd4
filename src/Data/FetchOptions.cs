namespace MiniGrad.Data;

/// <summary>From where, how patiently and how often to fetch.</summary>
public sealed record FetchOptions
{
    public IReadOnlyList<FetchSource> Sources { get; init; } = FetchSource.Known;

    /// <summary>Give a connection up when no byte has come for so long.</summary>
    public double StallSeconds { get; init; } = 20;

    /// <summary>Tries in a row that one mirror gets for one file without getting further.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait before the second try; it doubles from try to try, up to 30 seconds.</summary>
    public double BackoffSeconds { get; init; } = 1;

    /// <summary>Whether the proxy that the environment names is used.</summary>
    public bool UseProxy { get; init; } = true;
}
