using Mambascope.Models;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;

namespace Mambascope.Tests.Models;

/// <summary>
/// A small language model with every part that a layer can have: a scan and attention side by side, a layer without a mixer, Mamba-2 with
/// its norm in front of the gate and without one.
/// </summary>
internal sealed class TinyHybrid : LanguageModel
{
    private const int D = 8;
    private const int Vocabulary = 19;

    private readonly Parts parts;

    public TinyHybrid() : this(new Parts(TinyLanguageModels.Source(5))) { }

    private TinyHybrid(Parts parts) : base(new(parts.Layers), parts.Norm("norm_f")) => this.parts = parts;

    public override int VocabularySize => Vocabulary;

    public override int Width => D;

    public override IEnumerable<Weight> AllWeights => parts.All;

    public override ModelFacts Facts => new() { Name = "hybrid", Kind = "hybrid", Title = "hybrid of the tests", Width = D, Rows = [] };

    public override ModelWork Work => throw new NotSupportedException();

    public override IReadOnlyDictionary<string, object> Settings => new Dictionary<string, object>(StringComparer.Ordinal);

    public override ILanguageModel With(WeightSource weights) => new TinyHybrid(new Parts(weights));

    protected override Weight EmbeddingTable => parts.Embedding;

    protected override Weight HeadTable => parts.Embedding;

    private sealed class Parts
    {
        private readonly WeightSource source;

        public Parts(WeightSource source)
        {
            this.source = source;
            Embedding = Weight("embedding", Vocabulary, D);
            Layers =
            [
                [
                    new(Norm("0"), [S6("0.scan"), Softmax("0.attention")]),
                    new(Norm("0.mlp"), new GatedMlp(Weight("0.gate", 6, D), Weight("0.up", 6, D), Weight("0.down", D, 6))),
                ],
                [new(Norm("1"), new Mlp(Weight("1.fc1", 5, D), Weight("1.fc1.bias", 5), Weight("1.fc2", D, 5), fc2Bias: null))],
                [new(Norm("2"), HeadScan("2.scan", new(Weight("2.norm.weight", 12), 1e-5f, Groups: 2, IsBeforeGate: true)))],
                [new(Norm("3"), HeadScan("3.scan", norm: null))],
            ];
        }

        public List<Weight> All { get; } = [];

        public Weight Embedding { get; }

        public IReadOnlyList<IReadOnlyList<ResidualBranch>> Layers { get; }

        public Norm Norm(string name) => new(Weight(name + ".norm.weight", D), Bias: null, 1e-5f);

        private S6Mixer S6(string at)
        {
            const int E = 10, N = 3, R = 2;
            S6Scan scan = new(
                Weight(at + ".conv1d.weight", E, 1, 4),
                Weight(at + ".conv1d.bias", E),
                Weight(at + ".x_proj.weight", R + (2 * N), E),
                Weight(at + ".dt_proj.weight", E, R),
                Weight(at + ".dt_proj.bias", E),
                Weight(at + ".A_log", E, N),
                Weight(at + ".D", E));
            S6InnerNorms norms = new(
                Weight(at + ".dt_norm.weight", R), Weight(at + ".b_norm.weight", N), Weight(at + ".c_norm.weight", N), 1e-5f);
            return new(
                Weight(at + ".in_proj.weight", 2 * E, D), inBias: null, [scan], Weight(at + ".out_proj.weight", D, E),
                outBias: null, norms: norms);
        }

        private SoftmaxMixer Softmax(string at)
            => new(
                new(Weight(at + ".qkv.weight", 3 * D, D), QkvBias: null, Weight(at + ".proj.weight", D, D), ProjectionBias: null),
                heads: 2,
                QkvLayout.ByKind,
                isCausal: true);

        private HeadScanMixer HeadScan(string at, HeadScanNorm? norm)
        {
            const int E = 12, H = 4, N = 5, G = 2;
            HeadScanWeights weights = new(
                Weight(at + ".in_proj.weight", (2 * E) + (2 * G * N) + H, D),
                InBias: null,
                Weight(at + ".conv1d.weight", E + (2 * G * N), 1, 3),
                Weight(at + ".conv1d.bias", E + (2 * G * N)),
                Weight(at + ".dt_bias", H),
                Weight(at + ".A_log", H),
                Weight(at + ".D", H),
                Weight(at + ".out_proj.weight", D, E),
                OutBias: null);
            return new(weights, G, leastStep: 0, greatestStep: float.PositiveInfinity, norm);
        }

        private Weight Weight(string name, params int[] shape)
        {
            var weight = source(name, shape);
            All.Add(weight);
            return weight;
        }
    }
}
