using System.Text.Json;
using System.Text.Json.Serialization;
using MiniGrad.Lab.Runs;
using MiniGrad.Probes.Attacks;

namespace MiniGrad.Lab.Attacks;

/// <summary>
/// What an attack did to one example, as a line of <c>results.jsonl</c>. Data set numbers are −1
/// for image files; targets only for traversals.
/// </summary>
internal sealed record ExampleRow(
    int Index, int SourceIndex, int? TargetIndex,
    [property: JsonConverter(typeof(StatusWord))] ExampleStatus Status, bool Success, int Label, int? TargetLabel,
    int Prediction, double SourceConfidence, double Confidence, double DistanceL2, double DistanceLinf, double Rmse, double Ssim,
    int Iterations, int Forwards, int Gradients) : IRunRow
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Lpips { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Nearest { get; init; }

    // The geometry of the boundary, from attacks of minimal norm: all of these or none.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StartClass { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? FirstOrderDistance { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? NormalCosine { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Linearizations { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RelativeL2 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RelativeLinf { get; init; }

    // How the image was turned and shifted: all of these or none.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Degrees { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PixelsRight { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PixelsDown { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>The row of a result, whose number is that in the run.</summary>
    public static ExampleRow Of(ExampleResult e, AttackInput input)
    {
        int here = e.Index - input.First;
        return new(
            e.Index, input.Pairs[here].Source, input.Targets is null ? null : input.Pairs[here].Target, e.Status, e.Success, e.SourceClass,
            input.Targets is null ? input.TargetClasses?[here] : input.TargetLabels[here], e.Prediction,
            e.SourceConfidence, e.Confidence, e.DistanceL2, e.DistanceLinf, e.Rmse, e.Ssim, e.Iterations, e.Forwards, e.Gradients)
        {
            Lpips = e.Lpips,
            Nearest = e.Nearest,
            StartClass = e.Boundary?.StartClass,
            FirstOrderDistance = e.Boundary?.FirstOrderDistance,
            NormalCosine = e.Boundary?.NormalCosine,
            Linearizations = e.Boundary?.Linearizations,
            RelativeL2 = e.Boundary?.RelativeL2,
            RelativeLinf = e.Boundary?.RelativeLinf,
            Degrees = e.Move?.Degrees,
            PixelsRight = e.Move?.Right,
            PixelsDown = e.Move?.Down,
            Note = e.Note,
        };
    }

    /// <summary>The row as the attack returned it. A number that is missing is NaN.</summary>
    public ExampleResult Result() => new(
        Index, Status, Success, Label, Prediction, SourceConfidence, Confidence,
        DistanceL2, DistanceLinf, Rmse, Ssim, Iterations, Forwards, Gradients, Note)
    {
        Nearest = Nearest,
        Move = Degrees is not { } degrees ? null : new(
            degrees, PixelsRight ?? throw new JsonException("pixels_right is missing"),
            PixelsDown ?? throw new JsonException("pixels_down is missing")),
        Boundary = StartClass is not { } start ? null : new(
            start, FirstOrderDistance ?? double.NaN, NormalCosine ?? double.NaN, Linearizations
                ?? throw new JsonException("linearizations is missing"),
            RelativeL2 ?? double.NaN, RelativeLinf ?? double.NaN),
    };
}

/// <summary>The words by which files call how an example ended: the names of the statuses in snake_case, as "confidence_stop".</summary>
internal sealed class StatusWord() : JsonStringEnumConverter<ExampleStatus>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
{
    public static string Of(ExampleStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
}
