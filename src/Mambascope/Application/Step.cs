namespace Mambascope.Application;

/// <summary>What is being done, for people who wait.</summary>
/// <param name="What">"explaining: rollout.exact".</param>
/// <param name="Share">How much of it is done, 0 to 1; null where that is not known.</param>
public readonly record struct Step(string What, double? Share = null)
{
    /// <summary>Both in words.</summary>
    public override string ToString() => Share is { } share ? $"{What}, {share:P0}" : What;

    /// <summary>A step of so many that are alike.</summary>
    internal static Step Of(string what, int done, int total, string unit = "") => new($"{what}: {done} of {total}{unit}");
}
