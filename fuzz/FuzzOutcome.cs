namespace MiniGrad.Fuzz;

/// <summary>
/// What a reader made of one input: it read it, refused it for a reason (<paramref name="Refusal"/> tells it from others, <paramref name="Message"/> says it), or did what it must
/// not (<paramref name="Problem"/>; equal <paramref name="Signature"/>s are one defect).
/// </summary>
internal readonly record struct FuzzOutcome(string? Refusal, string? Problem, string? Signature, string? Message = null);
