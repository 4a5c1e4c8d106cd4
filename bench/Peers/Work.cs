namespace MiniGrad.Bench.Peers;

/// <summary>What of a subject a row times; the text is also what the peer is asked for.</summary>
internal enum Work
{
    Product,
    Forward,
    InputGradient,
    WeightGradient,
    ForwardAndInputGradient,
    TrainingStep,
    HessianVectorProduct,
}

internal static class WorkText
{
    public static string Of(Work work) => work switch
    {
        Work.Product => "product",
        Work.Forward => "forward",
        Work.InputGradient => "input gradient",
        Work.WeightGradient => "weight gradient",
        Work.ForwardAndInputGradient => "forward + input gradient",
        Work.TrainingStep => "training step",
        _ => "Hessian-vector product",
    };
}
