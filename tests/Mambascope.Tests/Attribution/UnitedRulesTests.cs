using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>
/// Rules are per operator: those for scans and those for transformers in one set do on a pure model what each does there alone.
/// </summary>
public sealed class UnitedRulesTests : IDisposable
{
    private readonly Workers workers = new(1);

    public void Dispose() => workers.Dispose();

    [Theory]
    [InlineData("mamba")]
    [InlineData("mamba2")]
    [InlineData("gpt-neox")]
    public void United_rules_change_nothing_on_a_pure_model(string name)
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, TinyLanguageModels.Create(name), TokenBatch.Of(TinyLanguageModels.Text(9)));
        using var decision = new Decision<double>(trace);
        using var alone = decision.Backward([trace.Tokens], name == "gpt-neox" ? AttentionLrp.Rules<double>() : MambaLrp.Rules<double>());
        using var united = decision.Backward([trace.Tokens], MambaLrp.Rules<double>().And(AttentionLrp.Rules<double>()));
        Assert.Equal(alone[trace.Tokens].ToArray(), united[trace.Tokens].ToArray());
    }

    [Fact]
    public void The_first_rule_for_an_operator_stays()
    {
        using var trace = TinyLanguageModels.Run<double>(
            workers, TinyLanguageModels.Create("gpt-neox"), TokenBatch.Of(TinyLanguageModels.Text(9)));
        using var decision = new Decision<double>(trace);
        using var conservative = decision.Backward([trace.Tokens], ConservativeLrp.Rules<double>().And(new RuleSet<double>()));
        using var mixed = decision.Backward([trace.Tokens], ConservativeLrp.Rules<double>().And(AttentionLrp.Rules<double>()));
        using var attention = decision.Backward([trace.Tokens], AttentionLrp.Rules<double>());
        Assert.NotEqual(conservative[trace.Tokens].ToArray(), mixed[trace.Tokens].ToArray()); // GELU and the mix are the second's
        Assert.NotEqual(attention[trace.Tokens].ToArray(), mixed[trace.Tokens].ToArray()); // the softmax is the first's
    }
}
