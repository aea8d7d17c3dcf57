// Shows a plane of the sweep, the chosen point and the trajectory nearest to it, without any server.
// Given: axes, sizes, variables, pick, across, up, sliders, parts of the map, tracks, told.
const n = axes.length
const number = (name) => axes.findIndex((axis) => axis.name == name)
const x = number(across.value)
const y = up.value == across.value ? -1 : number(up.value)

if (cb_obj.event_name == "tap") {
  const place = (at, size) => Math.max(0, Math.min(size - 1, Math.round(at)))
  sliders[x].value = place(cb_obj.x, sizes[x])
  if (y >= 0) sliders[y].value = place(cb_obj.y, sizes[y])
}

const places = sliders.map((slider) => slider.value)
const index = (at) => at.reduce((sum, place, axis) => sum * sizes[axis] + place, 0)
const shown = variables.find((one) => one.label == pick.value)
const columns = sizes[x], rows = y >= 0 ? sizes[y] : 1

const values = new Float32Array(rows * columns), late = new Float32Array(rows * columns)
const failed = new Float32Array(rows * columns)
let low = 0, high = 0
for (let row = 0; row < rows; row++) {
  for (let column = 0; column < columns; column++) {
    const at = [...places]
    at[x] = column
    if (y >= 0) at[y] = row
    const from = index(at), to = row * columns + column
    values[to] = shown.values[from]
    late[to] = shown.timed ? marks.late[from] : 0
    failed[to] = marks.failed[from]
    if (values[to] < low) low = values[to]
    if (values[to] > high) high = values[to]
  }
}
if (high <= low) high = low + 1
colours.setv({low, high})

const ticks = (axis, of) => {
  axis.ticker.ticks = of.ticks.map((tick) => tick[0])
  axis.major_label_overrides = new Map(of.ticks)
}
ticks(figure.below[0], axes[x])
figure.below[0].axis_label = axes[x].label
figure.x_range.setv({start: -0.5, end: columns - 0.5})
const unit = shown.unit ? ` ${shown.unit}` : ""
figure.title.text = shown.label + (shown.unit ? ` (${shown.unit})` : "")
image.visible = bar.visible = y >= 0
curve.visible = dots.visible = y < 0
if (y >= 0) {
  ticks(figure.left[0], axes[y])
  figure.left[0].axis_label = axes[y].label
  figure.y_range.setv({start: -0.5, end: rows - 0.5})
  figure.tags = [axes[x].labels, axes[y].labels, 1, 1]
  hover.tooltips = [[axes[x].label, "$x{custom}"], [axes[y].label, "$y{custom}"], [shown.label, `@values{0.000}${unit}`]]
  const array = (data) => [new cells.data.values[0].constructor(data, [rows, columns])]
  cells.data = {values: array(values), late: array(late), failed: array(failed),
                x: [-0.5], y: [-0.5], dw: [columns], dh: [rows]}
  here.data = {x: [places[x]], y: [places[y]]}
} else {
  figure.left[0].ticker.ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => low + part * (high - low))
  figure.left[0].major_label_overrides = new Map()
  figure.left[0].axis_label = shown.unit || "value"
  figure.y_range.setv({start: low, end: high + 0.08 * (high - low)})
  figure.tags = [axes[x].labels, [""], 1, 1]
  hover.tooltips = [[axes[x].label, "@place{custom}"], [shown.label, `@value{0.000}${unit}`]]
  line.data = {place: Array.from(values.keys()), value: Array.from(values)}
  here.data = {x: [places[x]], y: [values[places[x]]]}
}

const near = places.map((place, axis) => Math.min(tracks.sizes[axis] - 1, Math.round(place / tracks.steps[axis])))
const track = near.reduce((sum, place, axis) => sum * tracks.sizes[axis] + place, 0)
const length = tracks.time.length
trace.data = {time: Array.from(tracks.time), value: Array.from(tracks.values.slice(track * length, (track + 1) * length))}
const named = (at) => at.map((place, axis) => axes[axis].labels[place]).join("; ")
const exact = near.map((place, axis) => place * tracks.steps[axis])
threshold.title.text = `LTP threshold at ${named(exact)}`
const lines = variables.map((one) => {
  const value = one.values[index(places)]
  return `${one.label}: <b>${Number.isNaN(value) ? "none" : `${Number(value.toPrecision(5))} ${one.unit}`}</b>`
})
told.text = `<p role="status" style="margin:0">At ${named(places)}:<br>${lines.join("<br>")}</p>`
