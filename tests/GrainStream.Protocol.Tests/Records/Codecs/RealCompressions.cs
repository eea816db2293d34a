using System.Globalization;
using System.Text;

namespace GrainStream.Protocol.Tests.Records.Codecs;

/// <summary>One text as several programs' libraries compressed it; Fixtures/make-codec-fixtures.py wrote them and says how.</summary>
internal static class RealCompressions
{
    public static readonly byte[] Text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3300).Select(
        number => string.Create(CultureInfo.InvariantCulture, $"line {number % 60} of the fixture; it says little and says it often\n"))));

    public static byte[] Load(string name) => RealBatches.Load("codec-" + name);
}
