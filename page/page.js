/* Hovering over one chart of the trend shows the same quarter in all of them. */
(function () {
	"use strict";
	var charts = Array.prototype.slice.call(document.querySelectorAll("svg.trend"));

	function clear() {
		document.querySelectorAll(".at.on").forEach(function (one) {
			one.classList.remove("on");
		});
	}

	function nearest(chart, x) {
		var best = null;
		var distance = Infinity;
		chart.querySelectorAll(".at").forEach(function (one) {
			var apart = Math.abs(Number(one.dataset.x) - x);
			if (apart < distance) {
				distance = apart;
				best = one.dataset.at;
			}
		});
		return best;
	}

	function follow(event) {
		var box = event.currentTarget.getBoundingClientRect();
		var at = nearest(event.currentTarget, (event.clientX - box.left) / box.width);
		clear();
		charts.forEach(function (chart) {
			var one = chart.querySelector('.at[data-at="' + at + '"]');
			if (one) {
				one.classList.add("on");
			}
		});
	}

	charts.forEach(function (chart) {
		chart.addEventListener("pointermove", follow);
		chart.addEventListener("pointerdown", follow);
		chart.addEventListener("pointerleave", clear);
	});
	document.addEventListener("keydown", function (event) {
		if (event.key === "Escape") {
			clear();
		}
	});
}());
