using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tests.Cli;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>A method of nobody's joins the list from outside; it is the example of docs/adding-a-method.md.</summary>
[Collection(nameof(RegistryAlone))]
public sealed class ToyMethodTests : IDisposable
{
    private readonly SmallByteModels models = new();

    public void Dispose() => models.Dispose();

    [Fact]
    public void Its_maps_are_norms_of_gradients()
    {
        using var workers = new Workers(1);
        var model = TinyLanguageModels.Create("mamba");
        using var trace = TinyLanguageModels.Run<double>(workers, model, TokenBatch.Of(TinyLanguageModels.Text(9)));
        using var decision = new Decision<double>(trace);
        var gradient = decision.Gradients[trace.Tokens];
        var map = new GradientNorm().Explain(decision, model, new(), cancellation: TestContext.Current.CancellationToken)[0];
        var expected = Enumerable.Range(0, 9).Select(t => Math.Sqrt(gradient.Row(0, t).ToArray().Sum(value => value * value)));
        Golden.AssertClose("gradient-norm", map.Values, [.. expected], 1e-14);
    }

    [Fact]
    public void A_registered_one_is_found_by_every_verb_until_it_goes()
    {
        string[] explain = ["explain", "--text", "abcd", "--model", models.Mamba, "--method", "gradient-norm"];
        using (AttributionMethods.Register(new GradientNorm()))
        {
            Assert.Contains("gradient-norm", CliRun.Successful("info", models.Mamba).Out, StringComparison.Ordinal);
            Assert.Contains("gradient-norm", CliRun.Successful([.. explain, "--json"]).Out, StringComparison.Ordinal);
            var rows = JsonNode.Parse(CliRun.Successful(
                "evaluate", "text", "planted", "--data", "induction:2", "--model", models.Mamba, "--method", "gradient-norm",
                "--json").Out)!["results"]!.AsArray();
            Assert.Contains("gradient-norm", rows.Select(row => (string?)row!["method"]));
        }

        CliRun.Of(explain).AssertFailed(1, "there is no method gradient-norm");
    }

    [Fact]
    public void A_taken_name_is_refused()
    {
        using var first = AttributionMethods.Register(new GradientNorm());
        var error = Assert.Throws<ArgumentException>(() => AttributionMethods.Register(new GradientNorm()));
        Assert.Contains("taken", error.Message, StringComparison.Ordinal);
    }

    /// <summary>How much the score would move with each token: the length of its gradient, whatever the direction.</summary>
    private sealed class GradientNorm : AttributionMethod
    {
        public override string Name => "gradient-norm";

        public override string Description => "length of the gradient of the explained class at each token";

        public override bool IsClassSpecific => true;

        protected override IReadOnlyList<RelevanceMap<T>> Compute<T>(MethodRun<T> run)
        {
            var gradient = run.Gradients[run.Trace.Tokens]; // (B, L, d)
            var norms = Activation<T>.Zeros(gradient.Batch, gradient.Length, 1);
            for (var row = 0; row < gradient.Rows; row++)
            {
                norms.Row(row)[0] = TensorPrimitives.Norm<T>(gradient.Row(row));
            }

            return run.Decision.Maps(norms);
        }
    }
}
